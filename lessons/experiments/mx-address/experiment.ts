/**
 * mx-address — an MX record with an IP address where the name of a host belongs
 *
 * What Postfix 3.7 does was recorded: it warns and delivers.
 */
import { all, not, saw } from '../../dsl/check.ts';
import { defineExperiment } from '../../dsl/define-experiment.ts';
import { aliceWrites, home, smallWorld } from '../../worlds/small-world.ts';
import { answered, arrivedAt, deferredAt, logged, returned } from '../seen.ts';

const warning = logged(home, 'warning: numeric domain name in resource data of MX record');
const arrived = arrivedAt('mx.shop.example');
const warned = saw('log.line-written', warning);

export const mxAddress = defineExperiment({
  id: 'mx-address',
  world: smallWorld({
    name: 'exp-mx-address',
    title: 'MX to an IP address',
    zones: { 'shop.example': '@ MX 10 203.0.113.25.\nmx A 203.0.113.25\n' },
    receivers: [{ name: 'mx.shop.example', address: '203.0.113.25', domain: 'shop.example' }],
  }),
  inputs: [aliceWrites(1, 'bob@shop.example')],
  endsAtS: 120,
  speed: 'story',
  outcomes: [
    { id: 'returned', happens: all(returned, not(arrived)) },
    { id: 'waits', happens: all(deferredAt(home), not(arrived)) },
    { id: 'silent', happens: all(arrived, not(warned)) },
    { id: 'warned', happens: all(arrived, warned) },
  ],
  evidence: [
    { id: 'answer', view: 'dns', finds: answered('MX') },
    { id: 'warning', view: 'log', finds: warning },
    { id: 'log', view: 'log', finds: logged(home, 'relay=203.0.113.25', 'status=sent') },
  ],
});
