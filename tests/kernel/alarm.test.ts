import { describe, expect, it } from 'vitest';

import { LazyAlarm } from '../../workers/kernel/alarm.ts';
import type { HostKernel } from '../../workers/kernel/host-kernel.ts';

import { oneHost } from './one-host.ts';

/** Does things with an alarm at their times. @returns when it rang, and what is left in the heap at 1000 */
function ringing(acts: Record<number, (alarm: LazyAlarm) => void>): { rang: number[]; left: number } {
  const rang: number[] = [];
  const partition = oneHost();
  const host: HostKernel = partition.hosts[0]!;
  const alarm = new LazyAlarm(host, () => rang.push(partition.now));
  for (const [at, act] of Object.entries(acts))
    partition.input({ at: Number(at), host: 0, accept: () => act(alarm) });
  partition.runUntil(1000);
  return { rang, left: partition.heap.size };
}

describe('a lazy alarm', () => {
  it('rings once, at the time it was last set to, be it later or earlier', () => {
    expect(ringing({ 10: (a) => a.set(100), 20: (a) => a.set(300) })).toEqual({ rang: [300], left: 0 });
    expect(ringing({ 10: (a) => a.set(300), 20: (a) => a.set(100) })).toEqual({ rang: [100], left: 0 });
  });

  it('does not ring when it was unset, and rings when set again after that', () => {
    expect(ringing({ 10: (a) => a.set(100), 20: (a) => a.unset() })).toEqual({ rang: [], left: 0 });
    const again = ringing({ 10: (a) => a.set(100), 20: (a) => a.unset(), 30: (a) => a.set(200) });
    expect(again).toEqual({ rang: [200], left: 0 });
  });

  it('leaves nothing in the heap when it was cleared', () => {
    expect(ringing({ 10: (a) => a.set(5000), 20: (a) => a.unset() }).left).toBe(1);
    expect(ringing({ 10: (a) => a.set(5000), 20: (a) => a.clear() }).left).toBe(0);
  });
});
