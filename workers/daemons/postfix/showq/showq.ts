/**
 * showq — lists the mail queue: what is where, since when, and why it is not delivered
 *
 * Recipients of the defer log come first, with their reasons; those that it does not have follow from the
 * queue file. Queues in the order of the real program, files in the order of their creation (the real one has
 * the order of the directory).
 *
 * SEE ALSO  showq(8), postqueue(1), ../bounce/bounce-log.ts
 */
import type { Channel, Os, Proc } from '../../../os/os.ts';

import { bounceLogPath, readBounceLog } from '../bounce/bounce-log.ts';
import { decodeQueueFile } from '../cleanup/queue-file.ts';
import type { Instance } from '../instance.ts';
import type { Parameters } from '../parameters.ts';
import type { QueuedMessage } from '../services.ts';

const queues = Object.freeze(['maildrop', 'active', 'incoming', 'deferred', 'hold'] as const);

/** Serves one client. */
export function* showq(os: Os, instance: Instance, reply: Channel<QueuedMessage | 'end'>): Proc<void> {
  for (const message of listQueue(os, instance.parameters)) reply.put(message);
  reply.put('end');
}

/** The queue message by message, as it is when each is asked for. */
export function* listQueue(os: Os, parameters: Parameters): Generator<QueuedMessage, void> {
  const spool = parameters.text('queue_directory');
  const empty = parameters.text('empty_address_recipient');
  for (const queue of queues) {
    for (const path of os.files.list(`${spool}/${queue}`)) {
      const message = readMessage(os, { spool, queue, empty }, path);
      if (message !== null) yield message;
    }
  }
}

function readMessage(
  os: Os,
  place: { spool: string; queue: string; empty: string },
  path: string,
): QueuedMessage | null {
  const bytes = os.files.read(path);
  const file = bytes === null ? null : decodeQueueFile(bytes);
  if (file === null) return null;
  const queueId = path.slice(path.lastIndexOf('/') + 1);
  const { envelope } = file;
  const recipients: QueuedMessage['recipients'] = [];
  const known = new Set<string>();
  for (const { recipient, reason } of readBounceLog(os.files, bounceLogPath(place.spool, 'defer', queueId))) {
    known.add(recipient);
    recipients.push({ address: recipient, reason });
  }
  for (const { address } of envelope.recipients) {
    const shown = printable(address === '' ? place.empty : address);
    if (!known.has(shown)) recipients.push({ address: shown, reason: '' });
  }
  return {
    queue: place.queue,
    queueId,
    arrivedUs: os.epochUs(envelope.arrived),
    size: envelope.size,
    forcedExpire: envelope.forceExpire,
    sender: printable(envelope.sender === '' ? place.empty : envelope.sender),
    recipients,
  };
}

function printable(text: string): string {
  return text.replace(/[\x00-\x1f\x7f]/g, '?');
}
