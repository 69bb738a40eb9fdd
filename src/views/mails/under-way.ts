/** under-way — how many letters are on their way: neither delivered, nor left waiting in a queue */
import type { VirtualTime } from '../../../workers/api.ts';

import type { MailsFold } from './fold.ts';

/** After so long without a step it is stuck, and nothing is to be watched. */
const stillUsMax = 10_000_000;

/** Letters to which something happened just now, and to which the next thing will happen by itself. */
export function lettersUnderWay({ mails, waiting, carriages }: MailsFold, at: VirtualTime): number {
  const numbers = new Set<number>();
  for (const { mail } of carriages.at(at)) numbers.add(mail);
  for (const { mail, queue } of waiting.at(at))
    if (queue !== 'deferred' && queue !== 'hold' && queue !== 'corrupt') numbers.add(mail);
  let count = 0;
  for (const number of numbers) {
    const mail = mails[number]!;
    const last = mail.steps.findLast((step) => step.at <= at)?.at ?? mail.firstSeen;
    if (at - last < stillUsMax) count++;
  }
  return count;
}
