/**
 * mx-alias — an MX record that names an alias (CNAME): forbidden, and yet it works
 */
import { all, not } from '../../dsl/check.ts';
import { defineExperiment } from '../../dsl/define-experiment.ts';
import { aliceWrites, home, smallWorld } from '../../worlds/small-world.ts';
import { answered, arrivedAt, deferredAt, logged, returned } from '../seen.ts';

const arrived = arrivedAt('mx.shop.example');

export const mxAlias = defineExperiment({
  id: 'mx-alias',
  world: smallWorld({
    name: 'exp-mx-alias',
    title: 'MX to a CNAME',
    zones: { 'shop.example': '@ MX 10 mail\nmail CNAME mx\nmx A 203.0.113.25\n' },
    receivers: [{ name: 'mx.shop.example', address: '203.0.113.25', domain: 'shop.example' }],
  }),
  inputs: [aliceWrites(1, 'bob@shop.example')],
  endsAtS: 120,
  speed: 'story',
  outcomes: [
    { id: 'returned', happens: all(returned, not(arrived)) },
    { id: 'waits', happens: all(deferredAt(home), not(arrived)) },
    { id: 'delivered', happens: all(arrived, not(returned), not(deferredAt(home))) },
  ],
  evidence: [
    { id: 'mx', view: 'dns', finds: answered('MX') },
    { id: 'a', view: 'dns', finds: answered('A') },
    { id: 'log', view: 'log', finds: logged(home, 'relay=mail.shop.example', 'status=sent') },
  ],
});
