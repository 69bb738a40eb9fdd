/**
 * queue-records — the records of a queue file one by one, for programs that show them
 *
 * SEE ALSO  queue-file.ts (the format), postcat(1)
 */
import type { VirtualTime } from '../../../os/os.ts';

import { RecordReader } from './queue-file.ts';

export interface QueueRecord {
  /** one character */
  readonly type: string;
  readonly data: Uint8Array;
}

/** @returns null when the file is damaged */
export function queueRecords(bytes: Uint8Array): QueueRecord[] | null {
  const reader = new RecordReader(bytes);
  const records: QueueRecord[] = [];
  while (reader.next()) records.push({ type: reader.type, data: bytes.subarray(reader.start, reader.end) });
  return reader.isWhole ? records : null;
}

/** What lists of the queue show of a message. */
export interface QueueSummary {
  sender: string;
  arrived: VirtualTime;
  size: number;
  forceExpire: boolean;
  /** those still to be delivered */
  recipients: readonly string[];
}

/**
 * Reads no more of a file than a list shows, for directories with many. @returns null when it is damaged or
 * not complete
 */
export function readSummary(bytes: Uint8Array): QueueSummary | null {
  const reader = new RecordReader(bytes);
  const recipients: string[] = [];
  const summary = { sender: '', arrived: -1, size: -1, forceExpire: false };
  let done: Set<number> | null = null;
  let ended = false;
  while (reader.next()) {
    switch (reader.type) {
      case 'T':
        summary.arrived = Number(reader.text());
        break;
      case 'S':
        summary.sender = reader.text();
        break;
      case 'R':
        recipients.push(reader.text());
        break;
      case 'N':
        summary.size = reader.end - reader.start;
        break;
      case 'D':
        (done ??= new Set()).add(Number(reader.text()));
        break;
      case 'Z':
        summary.forceExpire = true;
        break;
      case 'E':
        ended = true;
        break;
    }
  }
  if (!ended || !reader.isWhole || summary.arrived < 0 || summary.size < 0) return null;
  const isDone = done;
  const left = isDone === null ? recipients : recipients.filter((_, index) => !isDone.has(index));
  return { ...summary, recipients: left };
}
