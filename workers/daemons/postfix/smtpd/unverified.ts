/**
 * unverified — reject_unverified_sender, reject_unverified_recipient: an address that nobody takes mail for
 *
 * Asks verify(8), and again while it does not know (address_verify_poll_count); who is still unknown then is
 * told to come back.
 *
 * SEE ALSO  ../verify/verify.ts, ADDRESS_VERIFICATION_README
 */
import type { Proc } from '../../../os/os.ts';

import { withLateRows } from '../late-params.ts';
import { queryAddress } from '../verify/verify.ts';

import { deferIfPermit, reject, renamed, type Check, type Verdict } from './verdict.ts';

const textMax = 250;

/** @param whose the address is: which of unverified_…_reject_code and the like count */
export function* rejectUnverified(
  check: Check,
  address: string,
  whose: 'sender' | 'recipient',
): Proc<Verdict> {
  const { session } = check;
  const { os, service } = session;
  const parameters = withLateRows(service.parameters);
  const polls = parameters.number('address_verify_poll_count');
  let answer = yield* queryAddress(os, service.instance, address);
  for (let count = 1; answer.status === 'todo' && count < polls; count++) {
    yield* os.sleepUntil(os.now() + parameters.time('address_verify_poll_delay'));
    answer = yield* queryAddress(os, service.instance, address);
  }
  if (answer.status === 'ok') return 'dunno';
  const bounced = answer.status === 'bounce';
  const code = parameters.number(`unverified_${whose}_${bounced ? 'reject' : 'defer'}_code`);
  if (code < 400) return 'dunno';
  const why = parameters.text(`unverified_${whose}_reject_reason`) || answer.text;
  const [name, status] =
    whose === 'sender' ? (['Sender address', '4.1.7'] as const) : (['Recipient address', '4.1.1'] as const);
  const named = renamed(check, address, name);
  const prefix = `<${address}>: ${named.replyClass} rejected`;
  if (code >= 500) return reject(session, code, status, `${prefix}: undeliverable address: ${why}`);
  const text = `${prefix}: unverified address: ${why.slice(0, textMax)}`;
  return parameters.text(`unverified_${whose}_tempfail_action`) === 'defer_if_permit'
    ? deferIfPermit(session, { code, status, text })
    : reject(session, code, status, text);
}
