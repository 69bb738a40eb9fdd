// Names of queue files, against names that Postfix 3.7.11 gave.
import { describe, expect, test } from 'vitest';

import {
  hashKey,
  queueIdParts,
  repairedId,
} from '../../../../workers/daemons/postfix/cleanup/queue-id-parts.ts';
import { formatQueueId } from '../../../../workers/daemons/postfix/cleanup/queue-id.ts';

const long = '4jZFsS0FJFzKCs2'; // of 10:14:36 on 2026-11-25; inode 2285975, later renamed to 08C9D22E197

describe('queue ids', () => {
  test('short ones are the microseconds in five hex digits and the inode', () => {
    expect(formatQueueId(1_234_317 - 1_000_000 + 5_000_000, 0x26297a, false)).toBe('3934D26297A');
    expect(formatQueueId(5_000_000, 0x801, false)).toBe('00000801');
  });

  test('long ones are seconds, microseconds and inode without vowels', () => {
    expect(formatQueueId(1_795_601_676 * 1_000_000 + 0x08c9d, 2_285_975, true)).toBe(long);
    expect(formatQueueId(5_000_000, 0x801, true)).toBe('0000050000zm9');
  });

  test('the parts of an id are those it was made of', () => {
    expect(queueIdParts(long)).toMatchObject({ isLong: true, microsecond: 0x08c9d, inode: 2_285_975 });
    expect(queueIdParts('3934D26297A')).toMatchObject({
      isLong: false,
      microsecond: 0x3934d,
      inode: 0x26297a,
    });
    expect(queueIdParts('zzzzz~')).toBeNull();
    expect(queueIdParts('3934Dxyz')).toBeNull();
  });

  test('subdirectories of hashed queues are named after the microseconds of both kinds', () => {
    expect(hashKey(long).slice(0, 5)).toBe('08C9D');
    expect(hashKey('3934D26297A')).toBe('3934D26297A');
  });

  test('a file that got another inode gets another id; a long one becomes short when they are given up', () => {
    const parts = queueIdParts(long)!;
    expect(repairedId(parts, 2_285_975, false)).toBe('08C9D22E197');
    expect(repairedId(queueIdParts('08C9D22E197')!, 2_285_586, false)).toBe('08C9D22E012');
    expect(queueIdParts(repairedId(parts, 0x801, true))).toMatchObject({
      microsecond: 0x08c9d,
      inode: 0x801,
    });
  });
});
