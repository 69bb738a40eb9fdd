/**
 * mx-preference — two mail hosts with different preference: the lower number wins
 */
import { all, not } from '../../dsl/check.ts';
import { defineExperiment } from '../../dsl/define-experiment.ts';
import { aliceWrites, home, smallWorld } from '../../worlds/small-world.ts';
import { answered, arrivedAt, logged } from '../seen.ts';

const small = arrivedAt('small.shop.example');
const big = arrivedAt('big.shop.example');

export const mxPreference = defineExperiment({
  id: 'mx-preference',
  world: smallWorld({
    name: 'exp-mx-preference',
    title: 'MX by preference',
    zones: {
      'shop.example': '@ MX 50 big\n@ MX 10 small\nbig A 203.0.113.50\nsmall A 203.0.113.10\n',
    },
    receivers: [
      { name: 'big.shop.example', address: '203.0.113.50', domain: 'shop.example' },
      { name: 'small.shop.example', address: '203.0.113.10', domain: 'shop.example' },
    ],
  }),
  inputs: [aliceWrites(1, 'bob@shop.example')],
  endsAtS: 60,
  speed: 'story',
  outcomes: [
    { id: 'big', happens: all(big, not(small)) },
    { id: 'small', happens: all(small, not(big)) },
    { id: 'both', happens: all(small, big) },
  ],
  evidence: [
    { id: 'answer', view: 'dns', finds: answered('MX') },
    { id: 'log', view: 'log', finds: logged(home, 'relay=small', 'status=sent') },
  ],
});
