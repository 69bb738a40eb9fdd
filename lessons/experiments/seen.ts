/**
 * seen — what experiments look for in the trace: where a letter arrived, came back, waits; and the lines that show it
 */
import { saw, type Check, type LessonEvent } from '../dsl/check.ts';
import { queued } from '../dsl/sights.ts';
import { home } from '../worlds/small-world.ts';

const second = 1_000_000;

/** A letter came into a mailbox on a host, so many times. */
export function arrivedAt(host: string, times = 1): Check {
  return saw('mailbox.message-appended', (e) => e.host === host && e.sender !== '', times);
}

/** A letter came into a mailbox on a host after, or before, so many seconds. */
export function arrivedBetween(host: string, fromS: number, untilS: number): Check {
  return saw(
    'mailbox.message-appended',
    (e) => e.host === host && e.sender !== '' && e.at >= fromS * second && e.at < untilS * second,
  );
}

/** A report of non-delivery came to Alice. */
export const returned: Check = saw('mailbox.message-appended', (e) => e.host === home && e.sender === '');

/** A letter lies in the deferred queue of a host. */
export function deferredAt(host: string): Check {
  return queued(host, 'deferred');
}

/** Evidence: Alice's server has the answer to its question for a domain's records. */
export function answered(type: 'MX' | 'A', key?: string): (event: LessonEvent) => boolean {
  return (e) =>
    e.kind === 'lookup.answered' &&
    e.host === home &&
    e.table === type &&
    (key === undefined || e.key === key);
}

/** Evidence: a line of a host's mail log that holds every one of the words. */
export function logged(host: string, ...words: string[]): (event: LessonEvent) => boolean {
  return (e) =>
    e.kind === 'log.line-written' && e.host === host && words.every((word) => e.text.includes(word));
}
