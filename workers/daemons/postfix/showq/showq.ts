/**
 * showq — lists the mail queue: what is where, since when, and why it is not delivered
 *
 * Recipients of the defer log come first, with their reasons; those that it does not have follow from the
 * queue file. Queues in the order of the real program, files in the order in which they came into the
 * queue (the real one has the order of the directory).
 *
 * SEE ALSO  showq(8), postqueue(1), ../bounce/bounce-log.ts
 */
import { quoteLocalPart } from '../../../protocols/smtp/address.ts';

import type { Channel, Os, Proc } from '../../../os/os.ts';

import { bounceLogs, readBounceLog, type BounceLogEntry } from '../bounce/bounce-log.ts';
import { parseQueueFile } from '../cleanup/queue-file.ts';
import type { Instance } from '../instance.ts';
import type { Parameters } from '../parameters.ts';
import type { QueueEnvelope } from '../qmgr/message.ts';
import type { QueuedMessage } from '../services.ts';

const queues = Object.freeze(['maildrop', 'active', 'incoming', 'deferred', 'hold'] as const);

const messagesAtOnce = 1000;

/** Serves one client. */
export function* showq(os: Os, instance: Instance, reply: Channel<QueuedMessage[] | 'end'>): Proc<void> {
  let some: QueuedMessage[] = [];
  for (const message of listQueue(os, instance.parameters)) {
    some.push(message);
    if (some.length < messagesAtOnce) continue;
    reply.put(some);
    some = [];
  }
  reply.put(some);
  reply.put('end');
}

/** The queue message by message, as it is when each is asked for. */
export function* listQueue(os: Os, parameters: Parameters): Generator<QueuedMessage, void> {
  const spool = parameters.text('queue_directory');
  const empty = parameters.text('empty_address_recipient');
  const logs = bounceLogs(os.files, spool, 'defer');
  let [sender, shownSender] = ['', empty]; // neighbours often have the same
  for (const queue of queues) {
    const directory = os.files.directory(`${spool}/${queue}`);
    for (const queueId of directory.names()) {
      const envelope = directory.parsed(queueId, parseQueueFile)?.envelope;
      if (envelope === undefined) continue;
      if (envelope.sender !== sender) {
        sender = envelope.sender;
        shownSender = printable(quoteLocalPart(sender === '' ? empty : sender));
      }
      yield {
        queue,
        queueId,
        arrivedUs: os.epochUs(envelope.arrived),
        size: envelope.size,
        forcedExpire: envelope.forceExpire,
        sender: shownSender,
        recipients: recipientsOf(envelope, readBounceLog(logs, queueId), empty),
      };
    }
  }
}

/** Those of the defer log with their reasons, of one listed twice the last; then the rest of the file's. */
function recipientsOf(
  envelope: QueueEnvelope,
  logged: readonly BounceLogEntry[],
  empty: string,
): QueuedMessage['recipients'] {
  const { recipients } = envelope;
  const [only] = recipients;
  if (logged.length === 1 && recipients.length === 1 && logged[0]!.recipient === only!.address)
    return [{ address: only!.address, reason: logged[0]!.reason }];
  const reasons = new Map<string, string>();
  for (const { recipient, reason } of logged) reasons.set(recipient, reason);
  for (const { address } of recipients) {
    const shown = printable(quoteLocalPart(address === '' ? empty : address));
    if (!reasons.has(shown)) reasons.set(shown, '');
  }
  return [...reasons].map(([address, reason]) => ({ address, reason }));
}

const controls = /[\x00-\x1f\x7f]/;

function printable(text: string): string {
  return !controls.test(text) ? text : text.replace(/[\x00-\x1f\x7f]/g, '?');
}
