/**
 * null-mx — a domain that says it takes no mail, beside a host that would
 */
import { all, not, saw } from '../../dsl/check.ts';
import { defineExperiment } from '../../dsl/define-experiment.ts';
import { aliceWrites, home, smallWorld } from '../../worlds/small-world.ts';

const arrived = saw('mailbox.message-appended', (e) => e.host === 'www.quiet.example');
const returned = saw('mailbox.message-appended', (e) => e.host === home && e.sender === '');
const waits = saw('queue.file-moved', (e) => e.host === home && e.to === 'deferred');

export const nullMx = defineExperiment({
  id: 'null-mx',
  world: smallWorld({
    name: 'exp-null-mx',
    title: 'Null MX',
    zones: { 'quiet.example': '@ MX 0 .\n@ A 203.0.113.80\nwww A 203.0.113.80\n' },
    receivers: [{ name: 'www.quiet.example', address: '203.0.113.80', domain: 'quiet.example' }],
  }),
  inputs: [aliceWrites(1, 'bob@quiet.example')],
  endsAtS: 120,
  speed: 'story',
  outcomes: [
    { id: 'delivered', happens: arrived },
    { id: 'waits', happens: all(waits, not(returned)) },
    { id: 'returned', happens: all(returned, not(waits)) },
  ],
  evidence: [
    {
      id: 'answer',
      view: 'dns',
      finds: (e) => e.kind === 'lookup.answered' && e.host === home && e.table === 'MX',
    },
    {
      id: 'log',
      view: 'log',
      finds: (e) => e.kind === 'delivery.attempted' && e.host === home && e.status === 'bounced',
    },
    {
      id: 'report',
      view: 'message',
      finds: (e) => e.kind === 'queue.message-entered' && e.host === home && e.sender === '',
    },
  ],
});
