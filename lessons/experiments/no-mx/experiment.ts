/**
 * no-mx — a domain without MX records: its address is the mail host
 */
import { all, not } from '../../dsl/check.ts';
import { defineExperiment } from '../../dsl/define-experiment.ts';
import { aliceWrites, home, smallWorld } from '../../worlds/small-world.ts';
import { answered, arrivedAt, deferredAt, logged, returned } from '../seen.ts';

const arrived = arrivedAt('web.shop.example');

export const noMx = defineExperiment({
  id: 'no-mx',
  world: smallWorld({
    name: 'exp-no-mx',
    title: 'No MX at all',
    zones: { 'shop.example': '@ A 203.0.113.80\nweb A 203.0.113.80\n' },
    receivers: [{ name: 'web.shop.example', address: '203.0.113.80', domain: 'shop.example' }],
  }),
  inputs: [aliceWrites(1, 'bob@shop.example')],
  endsAtS: 120,
  speed: 'story',
  outcomes: [
    { id: 'returned', happens: all(returned, not(arrived)) },
    { id: 'waits', happens: all(deferredAt(home), not(arrived)) },
    { id: 'delivered', happens: all(arrived, not(returned)) },
  ],
  evidence: [
    { id: 'mx', view: 'dns', finds: answered('MX') },
    { id: 'a', view: 'dns', finds: answered('A') },
    { id: 'log', view: 'log', finds: logged(home, 'relay=shop.example', 'status=sent') },
  ],
});
