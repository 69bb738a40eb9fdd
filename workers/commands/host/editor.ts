/**
 * editor — edit, nano, vi and the like: the file is opened in the editor of the page
 *
 * SIMPLIFIED: the shell goes on at once, and what is saved comes as an input of its own (file.write); the
 * real ones take the window until they are left.
 */
import * as utf8 from '../../bytes/utf8.ts';

import { kindOfPath } from '../shell/directory.ts';
import type { RawTool } from '../shell/tool.ts';

const bytesMax = 200_000;

export const editor: RawTool = {
  summary: "edit a file in the page's editor",
  synopsis: 'FILE',
  description: 'The file opens beside the terminal. Saving it there writes it on this host.',
  *run(me) {
    const name = me.args.findLast((arg) => !/^[-+]/.test(arg));
    if (name === undefined) return yield* me.fail(`which file? usage: ${me.name} FILE`);
    const path = me.path(name);
    const kind = kindOfPath(me.os.files, path);
    if (kind === 'directory' || kind === 'device') return yield* me.fail(`${name}: is a ${kind}`);
    const bytes = me.os.files.read(path) ?? new Uint8Array(0);
    if (bytes.length > bytesMax)
      return yield* me.fail(`${name}: ${bytes.length} bytes are too many for the editor; less shows them`);
    if (bytes.includes(0)) return yield* me.fail(`${name}: is a binary file`);
    const terminal = me.terminal;
    if (terminal === null) return yield* me.fail('needs a terminal: the output goes elsewhere');
    terminal.openEditor(path, utf8.decode(bytes));
    return 0;
  },
};
