/**
 * conformance-serve — the conformance host behind a real loopback port, in step with the wall clock
 *
 * A real client's connection comes from its own address (127.0.0.77 stays 127.0.0.77), so that name lookups
 * and networks count as they do for the real server.
 */
import { createServer, type Socket } from 'node:net';

import { NEVER, SECOND, type Connection, type Os, type Proc } from '../os/os.ts';

import type { ConformanceHost } from './conformance-host.ts';

/** Serves until SIGINT. @param port where Postfix listens on the simulated host */
export async function serve(
  host: ConformanceHost,
  { realPort, port }: { realPort: number; port: number },
): Promise<void> {
  const pace = new Pace(host);
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
    carry(host, pace, socket, port),
  );
  server.listen(realPort, '127.0.0.1', () => console.log(`listening on 127.0.0.1:${realPort}`));
  process.on('SIGINT', () => process.exit(0));
  await pace.run();
}

/** Virtual time follows the wall clock. */
class Pace {
  readonly #host: ConformanceHost;
  readonly #startedNs: bigint;
  #wake: () => void = () => undefined;

  constructor(host: ConformanceHost) {
    this.#host = host;
    this.#startedNs = process.hrtime.bigint() - BigInt(host.now) * 1000n;
  }

  /** Something came from outside: catch up, so that it happens now. */
  catchUp(): void {
    this.#host.runUntil(this.#now());
    this.#wake();
  }

  async run(): Promise<never> {
    for (;;) {
      this.#host.runUntil(this.#now());
      const waitMs = Math.min(1000, (this.#host.nextTime - this.#now()) / 1000);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (waitMs < 2) setImmediate(resolve);
        else setTimeout(resolve, waitMs - 1);
      });
    }
  }

  #now(): number {
    return Number((process.hrtime.bigint() - this.#startedNs) / 1000n);
  }
}

function carry(host: ConformanceHost, pace: Pace, socket: Socket, port: number): void {
  const from = (socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
  let connection: Connection | null = null;
  const waiting: Uint8Array[] = [];
  const enter = (body: (os: Os) => Proc<unknown>): void => {
    pace.catchUp();
    host.spawn('peer', body);
    pace.catchUp();
  };
  enter(function* (os) {
    const made = yield* os.connect({
      to: { address: '127.0.0.1', port },
      deadline: os.now() + 5 * SECOND,
      from,
    });
    if (typeof made === 'string') return socket.destroy();
    connection = made;
    for (const bytes of waiting.splice(0)) yield* made.write(bytes);
    for (;;) {
      const bytes = yield* made.read({ deadline: NEVER });
      if (typeof bytes === 'string') return bytes === 'eof' ? socket.end() : socket.destroy();
      socket.write(bytes.slice());
    }
  });
  socket.on('data', (bytes) => {
    const copy = new Uint8Array(bytes);
    enter(function* () {
      if (connection === null) waiting.push(copy);
      else yield* connection.write(copy);
    });
  });
  socket.on('end', () => enter(endOf(() => connection?.close())));
  socket.on('error', () => enter(endOf(() => connection?.abort())));
}

function endOf(act: () => void): () => Proc<void> {
  return function* () {
    act();
  };
}
