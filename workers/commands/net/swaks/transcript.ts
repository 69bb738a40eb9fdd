/**
 * transcript — the dialogue as swaks shows it: "=== ", " -> ", "<-  ", "<** ", with "~" under TLS
 */
import type { Proc } from '../../../os/os.ts';

import type { Process } from '../../shell/process.ts';

import type { SwaksOptions } from './options.ts';

type Kind = 'note' | 'trouble' | 'sent' | 'received' | 'refused';

/** Prints the dialogue, as much of it as is wanted. */
export class Transcript {
  readonly #me: Process;
  readonly #options: SwaksOptions;
  #silence: number;
  isSecret = false;

  constructor(me: Process, options: SwaksOptions) {
    this.#me = me;
    this.#options = options;
    const asked = options.values.get('silent');
    this.#silence = asked === undefined ? 0 : Number(asked === '' ? '1' : asked) || 1;
  }

  /** What happens besides the dialogue. */
  note(text: string): Proc<void> {
    return this.#print('note', text);
  }
  trouble(text: string): Proc<void> {
    return this.#print('trouble', text);
  }
  sent(text: string): Proc<void> {
    return this.#print('sent', text);
  }
  received(text: string, isExpected: boolean): Proc<void> {
    return this.#print(isExpected ? 'received' : 'refused', text);
  }

  *#print(kind: Kind, text: string): Proc<void> {
    const isError = kind === 'trouble' || kind === 'refused';
    if (this.#isHidden(kind) || this.#silence >= 3 || (this.#silence > 0 && !isError)) return;
    if (this.#silence === 1) this.#silence = 0; // from the first error on, everything
    const mark = this.#options.values.has('no-hints') ? '' : `${this.#markOf(kind)} `;
    const shown = `${mark}${text.replaceAll('\n', `\n${mark}`)}\n`;
    yield* this.#me.write(kind === 'trouble' ? 2 : 1, shown);
  }

  #isHidden(kind: Kind): boolean {
    const { values } = this.#options;
    if (values.has('hide-all')) return true;
    if (kind === 'sent') return values.has('hide-send');
    if (kind === 'note') return values.has('hide-informational');
    return kind !== 'trouble' && values.has('hide-receive');
  }

  #markOf(kind: Kind): string {
    const marks = {
      note: '===',
      trouble: '***',
      sent: this.isSecret ? ' ~>' : ' ->',
      received: this.isSecret ? '<~ ' : '<- ',
      refused: this.isSecret ? '<~*' : '<**',
    };
    return marks[kind];
  }
}
