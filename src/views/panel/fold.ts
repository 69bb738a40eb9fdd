/** fold — what administrators did on the hosts: commands with their output, and the files of the configuration */
import type { EventId, TraceEvent, TraceKind, VirtualTime } from '../../../workers/api.ts';

import type { Fold, FoldContext } from '../../sim/fold.ts';

/** A command that ran on a host, or a file that was saved there. */
export interface Ran {
  at: VirtualTime;
  hostIndex: number;
  /** as typed into a shell */
  command: string;
  event: EventId;
  /** null = not ended yet */
  end: { at: VirtualTime; status: number; output: string; bytesLeftOut: number } | null;
}

interface Version {
  at: VirtualTime;
  text: string;
}

const inputStart = /^\{"kind":"(host\.run|file\.write)"/;

/** Commands and files of all hosts; every answer is as of a given instant. */
export class AdminFold implements Fold {
  readonly kinds: ReadonlySet<TraceKind> = new Set<TraceKind>([
    'input.accepted',
    'command.ended',
    'file.written',
  ]);
  readonly #ran: Ran[][];
  /** by the input that asked for them */
  readonly #open = new Map<EventId, Ran>();
  readonly #files: Map<string, Version[]>[];

  constructor({ world }: FoldContext) {
    this.#ran = world.hosts.map(() => []);
    this.#files = world.hosts.map(
      ({ files }) => new Map(Object.entries(files).map(([path, text]) => [path, [{ at: 0, text }]])),
    );
  }

  add(event: TraceEvent): void {
    const { at, hostIndex } = event;
    if (event.kind === 'input.accepted') this.#asked(event);
    else if (event.kind === 'command.ended') {
      const { command, status, output, bytesLeftOut } = event;
      const ran = this.#open.get(event.cause);
      if (ran === undefined) return;
      ran.command = command;
      ran.end = { at, status, output, bytesLeftOut };
      this.#open.delete(event.cause);
    } else if (event.kind === 'file.written') {
      const files = this.#files[hostIndex]!;
      const versions = files.get(event.path);
      const version = { at, text: event.text };
      if (versions === undefined) files.set(event.path, [version]);
      else versions.push(version);
    }
  }

  /** What was done on a host until the cursor, in order of time. */
  ranAt(hostIndex: number, at: VirtualTime): Ran[] {
    const all = this.#ran[hostIndex]!;
    return all
      .filter((one) => one.at <= at)
      .map((one) => (one.end !== null && one.end.at > at ? { ...one, end: null } : one));
  }

  /** The text of a file as it was saved last; null = no such file. */
  fileAt(hostIndex: number, path: string, at: VirtualTime): string | null {
    const versions = this.#files[hostIndex]!.get(path) ?? [];
    return versions.findLast((version) => version.at <= at)?.text ?? null;
  }

  #asked({ text, at, hostIndex, id }: Extract<TraceEvent, { kind: 'input.accepted' }>): void {
    if (!inputStart.test(text)) return;
    const input = JSON.parse(text) as { argv?: string[]; path?: string; text?: string };
    const { argv, path = '' } = input;
    const command = argv === undefined ? `# ${path} is saved` : argv.join(' ');
    const ran: Ran = { at, hostIndex, command, event: id, end: null };
    if (argv === undefined) ran.end = { at, status: 0, output: '', bytesLeftOut: 0 };
    else this.#open.set(id, ran);
    this.#ran[hostIndex]!.push(ran);
  }
}
