/**
 * fold — the terminals of all hosts over time: what each shows, what ran in it, until when it was open
 *
 * Everything is appended with its time, so that a cursor in the past reads less.
 */
import type { TraceEvent, TraceKind, VirtualTime } from '../../workers/api.ts';

import type { Fold } from '../sim/fold.ts';

/** What a terminal was told to show at an instant. */
export interface Piece {
  readonly at: VirtualTime;
  readonly bytes: Uint8Array;
}

export interface TypedCommand {
  readonly at: VirtualTime;
  readonly command: string;
  /** null = it runs still */
  end: { at: VirtualTime; status: number } | null;
}

/** One terminal, from its opening to its end. */
export interface Terminal {
  /** in the order of opening, from 0 */
  readonly number: number;
  readonly hostIndex: number;
  readonly tty: number;
  readonly openedAt: VirtualTime;
  /** Infinity = it is open */
  closedAt: VirtualTime;
  /** the host went down */
  isLost: boolean;
  readonly pieces: Piece[];
  readonly commands: TypedCommand[];
  /** what programs wanted to read, from when on */
  readonly modes: { at: VirtualTime; mode: Mode }[];
  /** files that were opened in the editor, as they were then */
  readonly edits: { at: VirtualTime; path: string; text: string }[];
}

export type Mode = 'line' | 'hidden' | 'key';

/** Terminals of all hosts; every answer is as of a given instant. */
export class TerminalsFold implements Fold {
  readonly kinds: ReadonlySet<TraceKind> = new Set<TraceKind>([
    'tty.opened',
    'tty.output-written',
    'tty.command-started',
    'tty.command-ended',
    'tty.closed',
    'tty.mode-changed',
    'tty.editor-opened',
    'host.crashed',
    'host.stopped',
  ]);
  readonly terminals: Terminal[] = [];
  readonly #open = new Map<string, Terminal>();

  add(event: TraceEvent): void {
    const { at, hostIndex } = event;
    switch (event.kind) {
      case 'tty.opened':
        return this.#opened(event.tty, hostIndex, at);
      case 'tty.output-written':
        this.#of(hostIndex, event.tty)?.pieces.push({ at, bytes: event.bytes });
        return;
      case 'tty.command-started':
        this.#of(hostIndex, event.tty)?.commands.push({ at, command: event.command, end: null });
        return;
      case 'tty.command-ended': {
        const last = this.#of(hostIndex, event.tty)?.commands.at(-1);
        if (last !== undefined) last.end = { at, status: event.status };
        return;
      }
      case 'tty.mode-changed':
        this.#of(hostIndex, event.tty)?.modes.push({ at, mode: event.mode });
        return;
      case 'tty.editor-opened':
        this.#of(hostIndex, event.tty)?.edits.push({ at, path: event.path, text: event.text });
        return;
      case 'tty.closed':
        return this.#closed(hostIndex, event.tty, at, false);
      case 'host.crashed':
      case 'host.stopped':
        for (const terminal of [...this.#open.values()])
          if (terminal.hostIndex === hostIndex) this.#closed(hostIndex, terminal.tty, at, true);
        return;
      default:
    }
  }

  /** Those that are open at an instant, in the order of opening. */
  openAt(at: VirtualTime): Terminal[] {
    return this.terminals.filter(({ openedAt, closedAt }) => openedAt <= at && at < closedAt);
  }

  static modeAt({ modes }: Terminal, at: VirtualTime): Mode {
    return modes.findLast((one) => one.at <= at)?.mode ?? 'line';
  }

  /** The command that runs at an instant; null = the shell waits for one. */
  static runningAt({ commands }: Terminal, at: VirtualTime): TypedCommand | null {
    const last = commands.findLast((one) => one.at <= at);
    return last === undefined || (last.end !== null && last.end.at <= at) ? null : last;
  }

  #of(hostIndex: number, tty: number): Terminal | undefined {
    return this.#open.get(`${hostIndex}:${tty}`);
  }

  #opened(tty: number, hostIndex: number, at: VirtualTime): void {
    const terminal: Terminal = {
      number: this.terminals.length,
      hostIndex,
      tty,
      openedAt: at,
      closedAt: Infinity,
      isLost: false,
      pieces: [],
      commands: [],
      modes: [],
      edits: [],
    };
    this.terminals.push(terminal);
    this.#open.set(`${hostIndex}:${tty}`, terminal);
  }

  #closed(hostIndex: number, tty: number, at: VirtualTime, isLost: boolean): void {
    const terminal = this.#of(hostIndex, tty);
    if (terminal === undefined) return;
    terminal.closedAt = at;
    terminal.isLost = isLost;
    this.#open.delete(`${hostIndex}:${tty}`);
  }
}

/** How many pieces are shown at an instant. */
export function piecesUntil(pieces: readonly Piece[], at: VirtualTime): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle]!.at <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
