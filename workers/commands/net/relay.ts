/**
 * relay — joins a program's input and output with a connection, both ways at once
 *
 * One proc reads the input and writes to the peer, another prints what comes from it; the program itself
 * waits for what ends first.
 */
import * as ascii from '../../bytes/ascii.ts';

import { NEVER, type Channel, type Connection, type Os, type Proc, type ProcHandle } from '../../os/os.ts';

import type { Process } from '../shell/process.ts';

/** What came to its end. 'stopped': toPeer wanted no more. */
export type RelayEnd = 'input' | 'stopped' | 'eof' | 'reset' | 'idle';

interface Thrown {
  readonly thrown: unknown;
}

export interface RelayOptions {
  readonly conn: Connection;
  /** what of the input goes to the peer; null = no more of it. May block. */
  toPeer(text: string): Proc<string | null>;
  /** what of the peer's text is printed */
  show?(text: string): string;
  /** without a byte either way for so long it ends: 'idle' */
  readonly idleUs?: number;
}

/** A relay between a program and a connection; to be stopped in a `finally`. */
export class Relay {
  readonly #me: Process;
  readonly #options: RelayOptions;
  readonly #ends: Channel<RelayEnd | Thrown>;
  readonly #procs: ProcHandle[];
  #activeAt: number;

  constructor(me: Process, options: RelayOptions) {
    this.#me = me;
    this.#options = options;
    this.#ends = me.os.channel();
    this.#activeAt = me.os.now();
    this.#procs = [this.#start(() => this.#send()), this.#start(() => this.#receive())];
  }

  /** What ends next. Throws what ended one of its procs, as a write to a closed pipe does. */
  *next(deadline: number = NEVER): Proc<RelayEnd> {
    const { idleUs } = this.#options;
    const { os } = this.#me;
    for (;;) {
      const idleAt = idleUs === undefined ? NEVER : this.#activeAt + idleUs;
      const end = yield* this.#ends.take({ deadline: Math.min(deadline, idleAt) });
      if (end === 'timeout') {
        if (os.now() >= deadline) return 'idle';
        if (idleUs !== undefined && os.now() >= this.#activeAt + idleUs) return 'idle';
      } else if (typeof end === 'string') return end;
      else throw end.thrown;
    }
  }

  stop(): void {
    for (const proc of this.#procs) proc.kill();
  }

  #start(body: () => Proc<RelayEnd>): ProcHandle {
    const ends = this.#ends;
    return this.#me.os.spawn(this.#me.name, function* (): Proc<void> {
      let end: RelayEnd | Thrown;
      try {
        end = yield* body();
      } catch (thrown) {
        end = { thrown };
      }
      ends.put(end);
    });
  }

  *#send(): Proc<RelayEnd> {
    const { conn, toPeer } = this.#options;
    const me = this.#me;
    for (;;) {
      const text = yield* me.read(me.input);
      if (text === '') return 'input';
      this.#activeAt = me.os.now();
      const bytes = yield* toPeer(text);
      if (bytes === null) return 'stopped';
      if (bytes !== '' && (yield* conn.write(ascii.encode(bytes))) !== 'ok') return 'reset';
    }
  }

  *#receive(): Proc<RelayEnd> {
    const { conn, show } = this.#options;
    const me = this.#me;
    for (;;) {
      const bytes = yield* conn.read({ deadline: NEVER });
      if (typeof bytes === 'string') return bytes === 'eof' ? 'eof' : 'reset';
      this.#activeAt = me.os.now();
      const text = ascii.decode(bytes);
      yield* me.print(show === undefined ? text : show(text));
    }
  }
}

/** Tries the addresses in turn. @returns the connection, or what was wrong with each */
export function* connectTo(
  os: Os,
  addresses: readonly string[],
  options: {
    port: number;
    from?: string | undefined;
    timeoutUs?: number;
    trying?: (address: string) => Proc<void>;
  },
): Proc<Connection | { address: string; why: string }[]> {
  const failures: { address: string; why: string }[] = [];
  for (const address of addresses) {
    if (options.trying !== undefined) yield* options.trying(address);
    const deadline = os.now() + (options.timeoutUs ?? connectTimeoutUs);
    const to = { address, port: options.port };
    const conn = yield* os.connect(
      options.from === undefined ? { to, deadline } : { to, deadline, from: options.from },
    );
    if (typeof conn !== 'string') return conn;
    failures.push({ address, why: conn });
  }
  return failures;
}
/** tcp_syn_retries of Linux: six of them, the last after 64 seconds */
const connectTimeoutUs = 127_000_000;
