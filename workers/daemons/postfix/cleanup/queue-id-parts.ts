/**
 * queue-id-parts — what the name of a queue file tells: the time at which it was made, and its inode
 *
 * SEE ALSO  queue-id.ts (how it is made), mail_queue(3)
 */
import { formatQueueId, safeLetters } from './queue-id.ts';

/** What a queue id tells. */
export interface QueueIdParts {
  readonly isLong: boolean;
  /** all in front of the inode: with the "z" of a long id */
  readonly time: string;
  readonly microsecond: number;
  readonly inode: number;
}

/** @returns null when it cannot be one */
export function queueIdParts(queueId: string): QueueIdParts | null {
  const z = queueId.lastIndexOf('z');
  const isLong = z >= timeLetters;
  const time = isLong ? queueId.slice(0, z + 1) : queueId.slice(0, shortTimeDigits);
  const rest = queueId.slice(time.length);
  const inode = isLong ? unsafe(rest, 51) : unhex(rest);
  if (inode === null) return null;
  const microsecond = isLong ? unsafe(queueId.slice(z - 4, z), 52) : unhex(time);
  return { isLong, time, microsecond: microsecond ?? 0, inode };
}

/** The id in five hexadecimal digits and on: what the subdirectories of $hash_queue_names are named after. */
export function hashKey(queueId: string): string {
  const parts = queueIdParts(queueId);
  return parts?.isLong === true ? formatQueueId(parts.microsecond, 0, false) : queueId;
}

/** The id that the file has to have after it got another inode, or long ids were given up. */
export function repairedId(
  { isLong, time, microsecond }: QueueIdParts,
  inode: number,
  long: boolean,
): string {
  if (isLong && !long) return formatQueueId(microsecond, inode, false);
  return time + formatQueueId(0, inode, isLong).slice(isLong ? timeLetters + 1 : shortTimeDigits);
}

function unsafe(text: string, base: number): number | null {
  let number = 0;
  for (const letter of text) {
    const digit = safeLetters.indexOf(letter);
    if (digit === -1 || digit >= base) return null;
    number = number * base + digit;
  }
  return number;
}

function unhex(text: string): number | null {
  return /^[0-9A-Fa-f]*$/.test(text) ? Number.parseInt(text || '0', 16) : null;
}

const shortTimeDigits = 5;
const timeLetters = 10; // six or more of the second, four of the microsecond
