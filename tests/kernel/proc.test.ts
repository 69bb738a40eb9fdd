import { describe, expect, it } from 'vitest';

import { Wait, type HostKernel } from '../../workers/kernel/host-kernel.ts';
import { call, type Proc, type Syscall } from '../../workers/kernel/proc.ts';

import { oneHost } from './one-host.ts';

/** Runs `body` as the only proc of a host, until nothing is pending. */
function run(
  body: (host: HostKernel, note: (text: string) => void) => Proc<unknown>,
  killAt?: number,
): string[] {
  const notes: string[] = [];
  const partition = oneHost();
  const host = partition.hosts[0]!;
  const note = (text: string): number => notes.push(`${partition.now} ${text}`);
  partition.input({
    at: 0,
    host: 0,
    accept: () => {
      const proc = host.spawn('proc', () => body(host, note));
      if (killAt !== undefined) host.schedule(killAt, { fire: () => host.kill(proc) });
    },
  });
  partition.runUntil(1000);
  for (const { why } of partition.failures) notes.push(why);
  return notes;
}

function* sleep(host: HostKernel, us: number): Syscall<void> {
  yield new Wait(host, { poll: () => undefined, enlist: () => undefined }, host.now + us, null);
}

describe('call', () => {
  it('returns what the body returns, after the body has waited', () => {
    function* inner(host: HostKernel): Proc<string> {
      yield* sleep(host, 10);
      return 'inner';
    }
    function* middle(host: HostKernel): Proc<string> {
      return `middle ${yield* call(inner(host))}`;
    }
    const notes = run(function* (host, note) {
      note(yield* call(middle(host)));
      yield* sleep(host, 5);
      note('end');
    });
    expect(notes).toEqual(['10 middle inner', '15 end']);
  });

  it('throws to its caller what the body throws', () => {
    function* inner(host: HostKernel): Proc<void> {
      yield* sleep(host, 10);
      throw new Error('lost');
    }
    const notes = run(function* (host, note) {
      try {
        yield* call(inner(host));
      } catch (error) {
        note(String(error));
      }
      yield* call(inner(host));
    });
    expect(notes).toEqual(['10 Error: lost', 'Error: lost']);
  });

  it('runs the finally blocks of all callers when the proc is killed, the innermost first', () => {
    function* guarded(host: HostKernel, note: (text: string) => void, depth: number): Proc<void> {
      try {
        if (depth === 0) yield* sleep(host, 100);
        else yield* call(guarded(host, note, depth - 1));
      } finally {
        note(`closed ${depth}`);
      }
    }
    expect(run((host, note) => guarded(host, note, 2), 50)).toEqual([
      '50 closed 0',
      '50 closed 1',
      '50 closed 2',
    ]);
  });
});
