/**
 * mx-address — an MX record with an IP address where the name of a host belongs
 */
import { all, not, saw } from '../../dsl/check.ts';
import { defineExperiment } from '../../dsl/define-experiment.ts';
import { aliceWrites, home, smallWorld } from '../../worlds/small-world.ts';

const mx = 'mx.shop.example';
const arrived = saw('mailbox.message-appended', (e) => e.host === mx);
const warned = saw(
  'log.line-written',
  (e) => e.host === home && e.text.startsWith('warning: numeric domain name in resource data of MX record'),
);
const returned = saw('mailbox.message-appended', (e) => e.host === home && e.sender === '');
const waits = saw('queue.file-moved', (e) => e.host === home && e.to === 'deferred');

export const mxAddress = defineExperiment({
  id: 'mx-address',
  world: smallWorld({
    name: 'exp-mx-address',
    title: 'MX to an IP address',
    zones: { 'shop.example': '@ MX 10 203.0.113.25.\nmx A 203.0.113.25\n' },
    receivers: [{ name: mx, address: '203.0.113.25', domain: 'shop.example' }],
  }),
  inputs: [aliceWrites(1, 'bob@shop.example')],
  endsAtS: 120,
  speed: 'story',
  outcomes: [
    { id: 'returned', happens: all(returned, not(arrived)) },
    { id: 'waits', happens: all(waits, not(arrived)) },
    { id: 'silent', happens: all(arrived, not(warned)) },
    { id: 'warned', happens: all(arrived, warned) },
  ],
  evidence: [
    {
      id: 'answer',
      view: 'dns',
      finds: (e) => e.kind === 'lookup.answered' && e.host === home && e.table === 'MX',
    },
    {
      id: 'warning',
      view: 'log',
      finds: (e) => e.kind === 'log.line-written' && e.host === home && e.text.startsWith('warning: numeric'),
    },
    {
      id: 'log',
      view: 'log',
      finds: (e) => e.kind === 'delivery.attempted' && e.host === home && e.status === 'sent',
    },
  ],
});
