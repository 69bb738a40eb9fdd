// Sessions kept for the next mail, as Postfix 3.7.11 keeps them: each stream of mail here was also sent through
// the real one, with the same commands in the same sessions, and the same conn_use= in the log.
import { expect, test } from 'vitest';

import type { FarEndRule } from '../../../../workers/node/far-end.ts';
import { playQueueScenario, type QueueScenario } from '../../../../workers/node/queue-host.ts';

const slow: FarEndRule = { at: 'eod', delayMs: 150 };
const oneByOne = { smtp_connection_cache_on_demand: 'yes', smtp_destination_concurrency_limit: '1' };

/** Six mails for a domain. @returns how often each delivery's connection was used, and what was said */
function stream(
  change: Partial<QueueScenario> = {},
  rules: FarEndRule[] = [],
  to = 'u@a.example',
  spacing = 0.02,
) {
  const { log, far } = playQueueScenario({
    id: 'stream',
    title: 'six mails',
    params: oneByOne,
    dns: {
      'a.example': { MX: ['10 mx.a.example'] },
      'mx.a.example': { A: ['127.0.1.11'] },
      'b.example': { MX: ['10 dead.b.example', '20 mx.a.example'] },
      'dead.b.example': { A: ['127.0.1.12'] },
    },
    farEnd: [{ listen: '127.0.1.11', name: 'mx.a.example', rules: [...rules, slow] }],
    arrivals: [{ at: 2, label: 'm', count: 6, spacing, from: 's@sender.example', to: [to] }],
    runFor: 9,
    ...change,
  });
  const attempts = log.filter(({ text }) => text.includes(`to=<${to}>`));
  const sessions = new Map<string, string[]>();
  for (const { session, event } of far)
    if (!['open', 'message'].includes(event))
      sessions.set(session, [...(sessions.get(session) ?? []), event]);
  return {
    uses: attempts.map(({ text }) => Number(/conn_use=(\d+)/.exec(text)?.[1] ?? 1)),
    sessions: [...sessions.values()].map((events) => events.join(' ')),
    log: log.map(({ text }) => text),
    far,
  };
}

test('a stream of mail keeps its connection from the second delivery on, proves it alive, and lets it go', () => {
  const { uses, sessions, far } = stream();
  expect(uses).toEqual([1, 1, 2, 3, 4, 5]);
  expect(sessions[0]).toBe('helo mail rcpt data eod quit close');
  expect(sessions[1]).toBe(`helo mail rcpt data eod${' rset mail rcpt data eod'.repeat(4)} close`);
  const [last, closed] = [far.filter(({ event }) => event === 'eod').at(-1)!, far.at(-1)!];
  expect(closed.t - last.t).toBeCloseTo(2, 1); // smtp_connection_cache_time_limit
});

test('the kept connection spares the hosts of the destination that do not answer', () => {
  const { uses, log } = stream({}, [], 'u@b.example');
  expect(uses).toEqual([1, 1, 2, 3, 4, 5]);
  expect(log.filter((text) => text.startsWith('connect to dead.b.example'))).toHaveLength(2);
});

test('a server that wants no more is left, and the mail goes over a new connection', () => {
  const { uses, sessions } = stream({}, [{ at: 'rset', reply: '421 4.3.0 no more' }]);
  expect(uses).toEqual([1, 1, 1, 1, 1, 1]);
  expect(sessions.slice(1, 5)).toEqual(Array(4).fill('helo mail rcpt data eod rset close'));
});

test('smtp_connection_reuse_count_limit ends a connection with QUIT', () => {
  const { uses, sessions } = stream({ params: { ...oneByOne, smtp_connection_reuse_count_limit: '2' } });
  expect(uses).toEqual([1, 1, 2, 3, 1, 2]);
  expect(sessions[1]).toMatch(/quit close$/);
});

test('destinations of smtp_connection_cache_destinations keep theirs without a stream of mail', () => {
  const params = { smtp_connection_cache_destinations: 'a.example' };
  expect(stream({ params }, [], 'u@a.example', 0.7).uses).toEqual([1, 2, 3, 4, 5, 6]);
  expect(stream({ params: {} }, [], 'u@a.example', 0.7).uses).toEqual([1, 1, 1, 1, 1, 1]);
});

test('a refusal of MAIL leaves the connection usable; an answer that shows misunderstanding does not', () => {
  const later = stream({}, [{ at: 'mail', reply: '450 4.7.0 later', times: 3 }]);
  expect(later.uses.slice(0, 6)).toEqual([1, 1, 2, 3, 4, 5]);
  const lost = stream({}, [{ at: 'rcpt', reply: '500 5.5.1 what', times: 4 }]);
  expect(lost.uses).toEqual([1, 1, 1, 1, 1, 2]);
  expect(lost.sessions.slice(0, 4)).toEqual(Array(4).fill('helo mail rcpt data rset quit close'));
});
