/**
 * mua — the mail user agent: sends and reads mail for the people of a host
 *
 * It does nothing by itself: each input mua.send and mua.fetch is a person's click, and a proc of its own.
 *
 * SEE ALSO  accounts.ts (/etc/mua.conf), compose.ts, submit.ts, fetch.ts
 */
import { NEVER, type InputCommand, type LatePart, type Os, type Proc } from '../../os/os.ts';

import { submit } from './submit.ts';
import { Threads } from './threads.ts';

/** Reading mail comes after sending some. */
const fetching: LatePart<typeof import('./fetch.ts')> = 'mua-fetch';

/** Starts the user agent of a host. */
export function startMua(os: Os): void {
  os.spawn('mua', mua);
}

function* mua(os: Os): Proc<void> {
  const inputs = os.inputs('mua.');
  const threads = new Threads();
  for (;;) {
    const command = yield* inputs.take({ deadline: NEVER });
    if (command === 'timeout') continue;
    if (command.kind === 'mua.send') os.spawn('mua send', (child) => submit(child, command, threads));
    else if (command.kind === 'mua.fetch')
      os.spawn('mua fetch', (child) => fetchErrand(child, command, threads));
  }
}

function* fetchErrand(
  os: Os,
  command: Extract<InputCommand, { kind: 'mua.fetch' }>,
  threads: Threads,
): Proc<void> {
  const { fetchMail } = yield* os.code(fetching);
  yield* fetchMail(os, command, threads);
}
