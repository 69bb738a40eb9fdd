/**
 * queue-id — the names of queue files: from the time at which they were made, and their inode
 *
 * Short ids tell the microsecond of the second, in five hexadecimal digits, and can come again. Long ones
 * (enable_long_queue_ids) tell the second too, in letters without vowels, a "z" in front of the inode.
 *
 * SEE ALSO  postconf(5) enable_long_queue_ids; queue-id-parts.ts (what an id tells)
 */

/** @param isLong $enable_long_queue_ids */
export function formatQueueId(epochUs: number, inode: number, isLong: boolean): string {
  const microsecond = epochUs % 1_000_000;
  if (!isLong) return microsecond.toString(16).padStart(5, '0').toUpperCase() + hex(inode);
  const second = (epochUs - microsecond) / 1_000_000;
  return `${safe(second, 52).padStart(6, '0')}${safe(microsecond, 52).padStart(4, '0')}z${safe(inode, 51)}`;
}

function hex(number: number): string {
  return number.toString(16).toUpperCase();
}

function safe(number: number, base: number): string {
  let text = '';
  for (let rest = number; rest > 0; rest = Math.floor(rest / base)) text = safeLetters[rest % base]! + text;
  return text;
}

/** The digits of long ids. "z" is no digit of inodes, which have 51. */
export const safeLetters = '0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz';
