// Talks to a server of a test world as a person with netcat would: bytes out, bytes in, one character per byte.
import * as ascii from '../../workers/bytes/ascii.ts';
import { NEVER, SECOND, type Os, type Proc } from '../../workers/os/os.ts';

/** Sends everything at once, then reads to the end; the last word says how it ended. */
export function* burst(os: Os, to: { address?: string; port: number }, text: string): Proc<string> {
  const conn = yield* os.connect({
    to: { address: to.address ?? '127.0.0.1', port: to.port },
    deadline: os.now() + SECOND,
  });
  if (typeof conn === 'string') return conn;
  yield* conn.write(ascii.encode(text));
  let got = '';
  for (;;) {
    const bytes = yield* conn.read({ deadline: os.now() + 3600 * SECOND });
    if (typeof bytes === 'string') return `${got}<${bytes}>`;
    got += ascii.decode(bytes);
  }
}

/** Sends a line, waits until the answer matches, sends the next. */
export function* exchange(
  os: Os,
  to: { address?: string; port: number },
  steps: readonly (readonly [send: string, until: RegExp])[],
): Proc<string[]> {
  const conn = yield* os.connect({
    to: { address: to.address ?? '127.0.0.1', port: to.port },
    deadline: os.now() + SECOND,
  });
  if (typeof conn === 'string') return [conn];
  const answers: string[] = [];
  for (const [send, until] of steps) {
    if (send !== '') yield* conn.write(ascii.encode(send));
    let answer = '';
    while (!until.test(answer)) {
      const bytes = yield* conn.read({ deadline: os.now() + 3600 * SECOND });
      if (typeof bytes === 'string') {
        answers.push(`${answer}<${bytes}>`);
        return answers;
      }
      answer += ascii.decode(bytes);
    }
    answers.push(answer);
  }
  conn.close();
  return answers;
}

/** Sleeps for ever: a proc that holds a connection open. */
export function* hold(os: Os): Proc<void> {
  yield* os.sleepUntil(NEVER);
}
