/** editors — the line being typed at each terminal of a world, with the history of its host */
import type { World } from '../../workers/api.ts';

import type { Terminal } from './fold.ts';
import { History } from './history.ts';
import { LineEditor } from './line-editor.ts';

/** One per session, so that a line half typed is there again when its terminal is. */
export class Editors {
  readonly #world: World;
  readonly #editors = new Map<number, LineEditor>();
  readonly #histories = new Map<number, History>();

  constructor(world: World) {
    this.#world = world;
  }

  of({ number, hostIndex }: Terminal): LineEditor {
    let editor = this.#editors.get(number);
    if (editor === undefined)
      this.#editors.set(number, (editor = new LineEditor(this.#historyOf(hostIndex))));
    return editor;
  }

  forget({ number }: Terminal): void {
    this.#editors.delete(number);
  }

  #historyOf(hostIndex: number): History {
    let history = this.#histories.get(hostIndex);
    if (history === undefined) {
      const { name, hosts } = this.#world;
      this.#histories.set(hostIndex, (history = new History(`${name}:${hosts[hostIndex]!.name}`)));
    }
    return history;
  }
}
