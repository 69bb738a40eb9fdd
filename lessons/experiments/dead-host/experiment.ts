/**
 * dead-host — a mail host that does not answer: soon nobody tries it any more
 */
import { all, not, saw } from '../../dsl/check.ts';
import { defineExperiment } from '../../dsl/define-experiment.ts';
import { aliceWrites, home, smallWorld } from '../../worlds/small-world.ts';
import { arrivedAt, deferredAt, logged, returned } from '../seen.ts';

const mx = 'mx.shop.example';
const second = 1_000_000;
const suspended = 'delivery temporarily suspended';

/** How the letter to Bill, the last one, fared first. */
const billTried = saw(
  'delivery.attempted',
  (e) => e.host === home && e.recipient.startsWith('bill@') && !e.text.includes(suspended),
);
const billSpared = saw(
  'delivery.attempted',
  (e) => e.host === home && e.recipient.startsWith('bill@') && e.text.includes(suspended),
);

export const deadHost = defineExperiment({
  id: 'dead-host',
  world: smallWorld({
    name: 'exp-dead-host',
    title: 'Dead host',
    zones: { 'shop.example': '@ MX 10 mx\nmx A 203.0.113.25\n' },
    receivers: [{ name: mx, address: '203.0.113.25', domain: 'shop.example', users: ['bob', 'bill'] }],
  }),
  inputs: [
    { at: second / 2, command: { kind: 'link.set', between: [home, mx], fault: 'blackhole' } },
    ...[1, 2, 3, 4, 5].map((at) => aliceWrites(at, 'bob@shop.example', `Letter ${at}`)),
    aliceWrites(60, 'bill@shop.example', 'Letter 6'),
  ],
  endsAtS: 120,
  speed: 'minute',
  outcomes: [
    { id: 'tries', happens: billTried },
    { id: 'returned', happens: returned },
    { id: 'spared', happens: all(billSpared, not(billTried), deferredAt(home), not(arrivedAt(mx))) },
  ],
  evidence: [
    { id: 'timeout', view: 'log', finds: logged(home, 'connect to mx.shop.example', 'timed out') },
    { id: 'spared', view: 'log', finds: logged(home, 'to=<bill@shop.example>', suspended) },
    {
      id: 'queue',
      view: 'queues',
      finds: logged(home, 'to=<bill@shop.example>', suspended),
      host: true,
    },
  ],
});
