/**
 * probe — what a delivery agent does with a probe of verify(8): what it would do with mail, but for the
 * delivery
 *
 * The outcome goes to the cache of verify(8), not to the sender: nothing bounces, nothing waits in the queue.
 *
 * SEE ALSO  verify.ts, ../delivery/record.ts (where outcomes come to), verify(3) of Postfix
 */
import type { Os, Proc } from '../../../os/os.ts';

import type { Agent, Attempt } from '../delivery/record.ts';
import type { DeliveryRequest, DeliveryResult, ProbeOutcome } from '../delivery/request.ts';
import { formatStatusLine } from '../delivery/status-line.ts';
import type { Instance } from '../instance.ts';
import { withLateRows } from '../late-params.ts';

import { updateAddress } from './verify.ts';

/** Has an agent deliver a probe. @returns that no recipient is left */
export function* deliverProbe(
  os: Os,
  instance: Instance,
  deliver: (os: Os, request: DeliveryRequest) => Proc<DeliveryResult>,
  request: DeliveryRequest,
): Proc<DeliveryResult> {
  const probed = (agentOs: Os, agent: Agent, attempt: Attempt, outcome: ProbeOutcome): void =>
    record(agentOs, { instance, agent, request }, attempt, outcome);
  const result = yield* deliver(os, { ...request, probed });
  return { ...result, deferred: false };
}

function record(
  os: Os,
  { instance, agent, request }: { instance: Instance; agent: Agent; request: DeliveryRequest },
  attempt: Attempt,
  outcome: ProbeOutcome,
): void {
  const { queueId, transport } = request;
  const { relay, times, reuseCount = 0, dsn, text } = attempt;
  const { address: recipient, originalAddress: originalRecipient } = attempt.recipient;
  const isKept = outcome === 'ok' || withLateRows(instance.parameters).bool('address_verify_negative_cache');
  const addresses = new Set([originalRecipient, recipient].filter((address) => address !== ''));
  if (isKept)
    for (const address of addresses) updateAddress(os, instance, address, { status: outcome, text });
  const status = outcome === 'ok' ? 'deliverable' : 'undeliverable';
  const route = { recipient, originalRecipient, relay, reuseCount };
  const logged = isKept ? status : `${status}-but-not-cached`;
  const line = formatStatusLine({ ...route, times, dsn, status: logged, text });
  os.log(agent.ident, `${queueId}: ${line}`);
  os.trace({ kind: 'delivery.attempted', queueId, recipient, transport, relay, dsn, status, text });
  agent.markDone(request, attempt.recipient);
}
