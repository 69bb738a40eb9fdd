/**
 * showq — lists the mail queue: what is where, since when, and why it is not delivered
 *
 * Recipients of the defer log come first, with their reasons; those that it does not have follow from the
 * queue file. Queues in the order of the real program, files in the order of their creation (the real one has
 * the order of the directory).
 *
 * SEE ALSO  showq(8), postqueue(1), ../bounce/bounce-log.ts
 */
import * as utf8 from '../../../bytes/utf8.ts';

import type { Channel, Os, Proc } from '../../../os/os.ts';

import { bounceLogPath } from '../bounce/bounce-log.ts';
import { readSummary } from '../cleanup/queue-records.ts';
import type { Instance } from '../instance.ts';
import type { Parameters } from '../parameters.ts';
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
  const summary = bytes === null ? null : readSummary(bytes);
  if (summary === null) return null;
  const queueId = path.slice(path.lastIndexOf('/') + 1);
  const logged = os.files.parsed(bounceLogPath(place.spool, 'defer', queueId), parseReasons);
  const known = logged.length > 1 ? new Set(logged.map(({ address }) => address)) : null;
  const isKnown = (address: string): boolean =>
    known === null ? logged[0]?.address === address : known.has(address);
  const recipients = [...logged];
  for (const address of summary.recipients) {
    const shown = printable(address === '' ? place.empty : address);
    if (!isKnown(shown)) recipients.push({ address: shown, reason: '' });
  }
  return {
    queue: place.queue,
    queueId,
    arrivedUs: os.epochUs(summary.arrived),
    size: summary.size,
    forcedExpire: summary.forceExpire,
    sender: printable(summary.sender === '' ? place.empty : summary.sender),
    recipients,
  };
}

// The recipients of a defer log with their reasons; of one listed twice the last reason counts. A block for
// each, see bounce-log.ts.
function parseReasons(bytes: Uint8Array | null): readonly { address: string; reason: string }[] {
  if (bytes === null) return noReasons;
  const found = new Map<string, string>();
  for (const block of utf8.decode(bytes).split('\n\n')) {
    const address = valueIn(block, '\nrecipient=');
    if (address !== null) found.set(address, valueIn(block, '\nreason=') ?? '');
  }
  return [...found].map(([address, reason]) => ({ address, reason }));
}

const noReasons: readonly { address: string; reason: string }[] = Object.freeze([]);

function valueIn(block: string, start: string): string | null {
  const at = block.indexOf(start);
  if (at === -1) return null;
  const end = block.indexOf('\n', at + 1);
  return block.slice(at + start.length, end === -1 ? undefined : end);
}

const controls = /[\x00-\x1f\x7f]/;

function printable(text: string): string {
  return !controls.test(text) ? text : text.replace(/[\x00-\x1f\x7f]/g, '?');
}
