/**
 * mua — the mail user agent: sends and reads mail for the people of a host
 *
 * It does nothing by itself: each input mua.send and mua.fetch is a person's click, and a proc of its own.
 *
 * SEE ALSO  accounts.ts (/etc/mua.conf), compose.ts, submit.ts, fetch.ts
 */
import { NEVER, type Os, type Proc } from '../../os/os.ts';

import type { fetchMail } from './fetch.ts';
import { submit } from './submit.ts';
import { Threads } from './threads.ts';

/**
 * Starts the user agent of a host.
 * @param fetchErrand does what mua.fetch asks (fetch.ts); handed in because a browser loads it late
 */
export function startMua(os: Os, fetchErrand: typeof fetchMail): void {
  os.spawn('mua', (child) => mua(child, fetchErrand));
}

function* mua(os: Os, fetchErrand: typeof fetchMail): Proc<void> {
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
