/**
 * typing — what is done at the terminals of a session: opening, typing, closing; which one is in front
 *
 * One per session, so that lines half typed are there again when the pane is shown again.
 */
import type { Completion, InputCommand } from '../../workers/api.ts';

import type { Session } from '../sim/session.svelte.ts';

import { TerminalsFold, type Terminal } from './fold.ts';
import { Editors } from './editors.ts';
import type { LineEditor } from './line-editor.ts';
import { Settling } from './settle.ts';
import { words } from './words.ts';

const ttyMax = 16;
const usualColumns = 100;

/** The terminals of a session, as the page works at them. */
export class Typing {
  /** number of the terminal in front; -1 = none was chosen */
  chosen = $state(-1);
  /** why the last thing was not done */
  refusal = $state('');
  /** columns of the window, for the next terminal */
  columns = usualColumns;
  rows = 24;

  readonly #session: Session;
  readonly #settling: Settling;
  readonly #editors: Editors;

  constructor(session: Session) {
    this.#session = session;
    this.#settling = new Settling(session);
    this.#editors = new Editors(session.world);
  }

  editorOf(terminal: Terminal): LineEditor {
    return this.#editors.of(terminal);
  }

  /** Opens another terminal on a host; it comes to the front. */
  async open(hostIndex: number): Promise<void> {
    const session = this.#session;
    const fold = session.read(TerminalsFold);
    const taken = fold
      .openAt(session.now)
      .filter((one) => one.hostIndex === hostIndex)
      .map((one) => one.tty);
    let tty = 1;
    while (taken.includes(tty)) tty++;
    if (tty > ttyMax) {
      this.refusal = words.tooMany(session.names.short(hostIndex));
      return;
    }
    const before = fold.terminals.length;
    const opened = () =>
      session
        .read(TerminalsFold)
        .terminals.slice(before)
        .find((one) => one.hostIndex === hostIndex) ?? null;
    await this.#send(
      { kind: 'tty.open', host: this.#host(hostIndex), tty, columns: this.columns, rows: this.rows },
      opened,
    );
    const terminal = opened();
    if (terminal !== null) this.chosen = terminal.number;
  }

  /** The terminal of a host that is open, or a new one. */
  async openOrShow(hostIndex: number): Promise<void> {
    const open = this.#session
      .read(TerminalsFold)
      .openAt(this.#session.now)
      .filter((one) => one.hostIndex === hostIndex);
    const shown = open.find(({ number }) => number === this.chosen) ?? open[0];
    if (shown === undefined) await this.open(hostIndex);
    else this.chosen = shown.number;
  }

  /** What the line before the cursor may become. */
  async complete(terminal: Terminal, line: string): Promise<Completion | null> {
    const { world } = this.#session;
    const hosts = world.hosts.map(({ name }) => name);
    const addresses = world.people.map(({ address }) => address);
    return this.#session.complete({ ...this.#place(terminal), line, hosts, addresses }).catch(() => null);
  }

  /** Saves a file on the host of a terminal. */
  save({ hostIndex }: Terminal, path: string, text: string): Promise<void> {
    return this.#send({ kind: 'file.write', host: this.#host(hostIndex), path, text }, () => null);
  }

  type(terminal: Terminal, text: string): Promise<void> {
    return this.#send({ kind: 'tty.input', ...this.#place(terminal), text }, () => terminal);
  }
  signal(terminal: Terminal, signal: 'INT' | 'EOF'): Promise<void> {
    return this.#send({ kind: 'tty.signal', ...this.#place(terminal), signal }, () => terminal);
  }
  async close(terminal: Terminal): Promise<void> {
    this.#editors.forget(terminal);
    await this.#send({ kind: 'tty.close', ...this.#place(terminal) }, () => terminal);
  }

  #place({ hostIndex, tty }: Terminal): { host: string; tty: number } {
    return { host: this.#host(hostIndex), tty };
  }
  #host(index: number): string {
    return this.#session.world.hosts[index]!.name;
  }

  async #send(command: InputCommand, terminal: () => Terminal | null): Promise<void> {
    this.refusal = '';
    try {
      const at = await this.#session.send(command);
      await this.#settling.after(at, terminal);
    } catch (error) {
      this.refusal = words.refused(error instanceof Error ? error.message : String(error));
    }
  }
}

const bySession = new WeakMap<Session, Typing>();

/** The one of a session. */
export function typingOf(session: Session): Typing {
  let typing = bySession.get(session);
  if (typing === undefined) bySession.set(session, (typing = new Typing(session)));
  return typing;
}
