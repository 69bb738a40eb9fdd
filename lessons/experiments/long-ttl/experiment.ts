/**
 * long-ttl — a mail host moves, and the DNS answers of yesterday are still good
 */
import { all, not } from '../../dsl/check.ts';
import { defineExperiment } from '../../dsl/define-experiment.ts';
import { aliceWrites, home, smallWorld, zoneEdited } from '../../worlds/small-world.ts';
import { answered, arrivedAt, arrivedBetween, deferredAt, logged, returned } from '../seen.ts';

const before = 'old.shop.example';
const after = 'new.shop.example';
const second = 1_000_000;
const dayS = 86_400;

export const longTtl = defineExperiment({
  id: 'long-ttl',
  world: smallWorld({
    name: 'exp-long-ttl',
    title: 'TTL too long',
    zones: {
      'shop.example': '@ MX 10 mx\nmx 86400 A 203.0.113.25\nold A 203.0.113.25\nnew A 203.0.113.26\n',
    },
    receivers: [
      { name: before, address: '203.0.113.25', domain: 'shop.example' },
      { name: after, address: '203.0.113.26', domain: 'shop.example' },
    ],
  }),
  inputs: [
    aliceWrites(1, 'bob@shop.example', 'Before the move'),
    zoneEdited(60, 'shop.example', 's/^mx .*/mx 300 A 203.0.113.26/'),
    { at: 61 * second, command: { kind: 'host.stop', host: before } },
    aliceWrites(120, 'bob@shop.example', 'After the move'),
  ],
  endsAtS: dayS + 4500,
  speed: 'hour',
  outcomes: [
    { id: 'at-once', happens: arrivedBetween(after, 0, 600) },
    { id: 'minutes', happens: all(arrivedBetween(after, 600, 7200), deferredAt(home)) },
    {
      id: 'day',
      happens: all(
        deferredAt(home),
        not(arrivedBetween(after, 0, dayS)),
        arrivedBetween(after, dayS, 2 * dayS),
      ),
    },
    { id: 'returned', happens: all(returned, not(arrivedAt(after))) },
  ],
  evidence: [
    { id: 'first', view: 'dns', finds: answered('A', 'mx.shop.example') },
    {
      id: 'old',
      view: 'log',
      finds: logged(home, 'connect to mx.shop.example[203.0.113.25]'),
    },
    {
      id: 'waits',
      view: 'queues',
      finds: (e) => e.kind === 'queue.file-moved' && e.host === home && e.to === 'deferred',
      host: true,
    },
    { id: 'new', view: 'log', finds: logged(home, 'mx.shop.example[203.0.113.26]', 'status=sent') },
  ],
});
