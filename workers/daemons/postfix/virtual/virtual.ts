/**
 * virtual — the Postfix virtual mailbox delivery agent: mailbox files named by virtual_mailbox_maps
 *
 * SIMPLIFIED: no uid and gid maps, no mailbox size limit; a name that ends in "/" is one file, not a maildir.
 *
 * SEE ALSO  virtual(8), VIRTUAL_README
 */
import type { Os, Proc } from '../../../os/os.ts';

import { recordBounced, recordDeferred, recordSent, type Agent } from '../delivery/record.ts';
import type { DeliveryRequest, DeliveryResult } from '../delivery/request.ts';
import type { Instance } from '../instance.ts';
import { appendMailbox } from '../local/mailbox.ts';

/** Delivers to each recipient of the request. */
export function* deliverVirtual(
  os: Os,
  config: { instance: Instance; agent: Agent },
  request: DeliveryRequest,
): Proc<DeliveryResult> {
  const { instance, agent } = config;
  const maps = instance.tables(instance.parameters.text('virtual_mailbox_maps'));
  let result: DeliveryResult = { deferred: false, reason: '', trouble: null };
  for (const recipient of request.recipients) {
    const answer = yield* maps.lookupAddress(os, recipient.address);
    if (answer.kind === 'found') {
      const base = instance.parameters.text('virtual_mailbox_base');
      const path = `${base}/${answer.value}`.replace(/\/+/g, '/').replace(/\/$/, '/mbox');
      if (request.isProbe !== true) yield* appendMailbox(os, { path, request, recipient });
    }
    const now = os.now();
    const attempt = {
      recipient,
      relay: 'virtual',
      remoteMta: '',
      diagnostic: '',
      times: {
        arrived: request.arrived,
        active: request.active,
        handedOff: now,
        connected: null,
        ended: now,
      },
    };
    if (answer.kind === 'found')
      recordSent(
        os,
        agent,
        request,
        { ...attempt, dsn: '2.0.0', text: outcomeOf(request, answer.value) },
        'delivered',
      );
    else if (answer.kind === 'not-found') {
      const text = `unknown user: "${recipient.address}"`;
      if (recordBounced(os, agent, request, { ...attempt, dsn: '5.1.1', text }))
        result = { deferred: true, reason: text, trouble: null };
    } else {
      recordDeferred(os, agent, request, { ...attempt, dsn: '4.3.0', text: 'mailbox lookup failure' });
      result = { deferred: true, reason: 'mailbox lookup failure', trouble: null };
    }
  }
  return result;
}

function outcomeOf({ isProbe }: DeliveryRequest, mailbox: string): string {
  if (isProbe !== true) return 'delivered to mailbox';
  return mailbox.endsWith('/') ? 'delivers to maildir' : 'delivers to mailbox';
}
