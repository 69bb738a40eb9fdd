/**
 * negative-cache — a name that was asked for too early stays missing for a while
 */
import { all, not, saw } from '../../dsl/check.ts';
import { defineExperiment } from '../../dsl/define-experiment.ts';
import { aliceWrites, home, smallWorld, zoneEdited } from '../../worlds/small-world.ts';
import { answered, arrivedAt, arrivedBetween, deferredAt, logged } from '../seen.ts';

const mx = 'mx.shop.example';
const returnedTwice = saw('mailbox.message-appended', (e) => e.host === home && e.sender === '', 2);

export const negativeCache = defineExperiment({
  id: 'negative-cache',
  world: smallWorld({
    name: 'exp-negative-cache',
    title: 'Negative cache',
    zones: {
      'shop.example': `$TTL 3600
@ SOA ns.example. hostmaster.ns.example. 2026030301 3600 900 604800 900
@ NS ns.example.
mx A 203.0.113.25
`,
    },
    receivers: [{ name: mx, address: '203.0.113.25', domain: 'lab.shop.example' }],
  }),
  inputs: [
    aliceWrites(1, 'bob@lab.shop.example', 'Too early'),
    zoneEdited(60, 'shop.example', '$ a lab MX 10 mx'),
    aliceWrites(120, 'bob@lab.shop.example', 'Now it is there'),
    aliceWrites(1100, 'bob@lab.shop.example', 'Once more'),
  ],
  endsAtS: 1200,
  speed: 'minute',
  outcomes: [
    { id: 'delivered', happens: arrivedBetween(mx, 0, 1000) },
    { id: 'waits', happens: deferredAt(home) },
    { id: 'returned', happens: all(returnedTwice, arrivedAt(mx), not(arrivedBetween(mx, 0, 1000))) },
  ],
  evidence: [
    { id: 'first', view: 'dns', finds: answered('MX') },
    {
      id: 'cached',
      view: 'log',
      finds: logged(home, 'status=bounced'),
      which: 'last',
    },
    { id: 'third', view: 'dns', finds: answered('MX'), which: 'last' },
    { id: 'log', view: 'log', finds: logged(home, 'relay=mx.shop.example', 'status=sent') },
  ],
});
