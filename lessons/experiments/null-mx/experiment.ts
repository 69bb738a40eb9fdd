/**
 * null-mx — a domain that says it takes no mail, beside a host that would
 */
import { all, not } from '../../dsl/check.ts';
import { defineExperiment } from '../../dsl/define-experiment.ts';
import { aliceWrites, home, smallWorld } from '../../worlds/small-world.ts';
import { answered, arrivedAt, deferredAt, logged, returned } from '../seen.ts';

const waits = deferredAt(home);

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
    { id: 'delivered', happens: arrivedAt('www.quiet.example') },
    { id: 'waits', happens: all(waits, not(returned)) },
    { id: 'returned', happens: all(returned, not(waits)) },
  ],
  evidence: [
    { id: 'answer', view: 'dns', finds: answered('MX') },
    { id: 'log', view: 'log', finds: logged(home, 'status=bounced') },
    {
      id: 'report',
      view: 'message',
      finds: (e) => e.kind === 'queue.message-entered' && e.host === home && e.sender === '',
    },
  ],
});
