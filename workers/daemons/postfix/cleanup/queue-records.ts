/**
 * queue-records — the records of a queue file one by one, for programs that show them
 *
 * SEE ALSO  queue-file.ts (the format), postcat(1)
 */
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
