/** attach-editor — an editor in an element of the page, fetched when the element appears and closed with it */
import type { Editor, EditorOptions } from './editor.ts';

/** What becomes of it: open, or closed again (null); or its code did not come. */
export interface EditorFate {
  onopen: (editor: Editor | null) => void;
  onfail: () => void;
}

/**
 * For an {@attach}. `options` is asked when the code is there: what it reads does not make the editor anew.
 * @returns what takes it away again
 */
export function attachEditor(options: () => EditorOptions, { onopen, onfail }: EditorFate): () => void {
  let editor: Editor | null = null;
  let closed = false;
  import('./editor.ts').then(({ openEditor }) => {
    if (closed) return;
    editor = openEditor(options());
    onopen(editor);
  }, onfail);
  return () => {
    closed = true;
    editor?.close();
    onopen(null);
  };
}
