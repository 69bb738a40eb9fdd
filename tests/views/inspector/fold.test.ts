import { expect, test } from 'vitest';

import { StateFold } from '../../../src/views/inspector/fold.ts';
import { counted, waitWords } from '../../../src/views/inspector/words.ts';
import { clockOf } from '../../../src/decode/clock.ts';
import { playWorld } from '../played.ts';

const second = 1_000_000;
const between: [string, string] = ['mx.far.example', 'mta1.acme.example'];

test('hosts, cables, processes, queues and ports are known as they were at any time', async () => {
  const played = await playWorld('two-islands', 40 * second, [
    { at: 5 * second, command: { kind: 'link.set', between, fault: 'down' } },
    {
      at: 6 * second,
      command: {
        kind: 'mua.send',
        host: 'ws-alice.far.example',
        user: 'alice@far.example',
        to: 'bob@acme.example',
        subject: 'x',
        text: 'x',
      },
    },
    { at: 20 * second, command: { kind: 'host.stop', host: 'mx.far.example' } },
    { at: 30 * second, command: { kind: 'host.start', host: 'mx.far.example' } },
    { at: 35 * second, command: { kind: 'link.tune', between, latencyUs: 50_000, lossPerMille: 20 } },
  ]);
  const state = played.fold(StateFold);
  const mx = played.names.indexOf(between[0]);
  const mta = played.names.indexOf(between[1]);
  expect(state.host(mx, 19 * second)?.state).toBe('up');
  expect(state.host(mx, 25 * second)?.state).toBe('stopped');
  expect(state.host(mx, 31 * second)).toMatchObject({ state: 'up', at: 30 * second });
  expect(state.link(mta, mx, 4 * second)).toMatchObject({ fault: '', latencyUs: 10_000 });
  expect(state.link(mx, mta, 6 * second).fault).toBe('down');
  expect(state.link(mx, mta, 36 * second)).toMatchObject({
    fault: 'down',
    latencyUs: 50_000,
    lossPerMille: 20,
  });
  expect(state.queueCounts(mx, 15 * second).get('deferred')).toBe(1);
  expect(
    state.queueCounts(mx, 5 * second).size === 0 || state.queueCounts(mx, 5 * second).get('deferred') === 0,
  ).toBe(true);
  expect(state.processes(mx, 15 * second).map((process) => process.name)).toContain('postfix/qmgr');
  expect(state.processes(mx, 25 * second)).toEqual([]);
  expect(state.ports(mx, 15 * second)).toEqual(['587']);
});

test('why a letter waits is said with its age and the next try', () => {
  const clock = clockOf('2026-03-03T09:00:00Z');
  const wait = {
    hostIndex: 1,
    queueId: 'A',
    from: 100 * second,
    until: Infinity,
    due: 600 * second,
    lostAt: Infinity,
    reason: 'No route to host',
    event: 1,
  };
  const words = waitWords(wait, 600 * second, { age: 150 * second, at: 200 * second, clock });
  expect(words).toBe(
    'Next try 09:10:00, in 6 min 40 s. At its last try it was 50 s old: it rests about that long, but not less than the minimal backoff time, and is tried at the next look through the queue.',
  );
});

test('equal process names are counted', () => {
  expect(counted(['smtpd', 'qmgr', 'smtpd'])).toEqual(['smtpd ×2', 'qmgr']);
});
