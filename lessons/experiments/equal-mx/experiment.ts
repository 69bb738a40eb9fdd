/**
 * equal-mx — two mail hosts with the same preference: letters go to both, in no order
 */
import { all, not, saw, type Check } from '../../dsl/check.ts';
import { defineExperiment } from '../../dsl/define-experiment.ts';
import { aliceWrites, home, smallWorld } from '../../worlds/small-world.ts';
import { answered, arrivedAt, logged } from '../seen.ts';

const left = 'left.shop.example';
const right = 'right.shop.example';
const letters = 8;

/** Every letter came to the host that did not get the one before. */
const takesTurns: Check = {
  start: [0, 0],
  step: (state, event) => {
    if (event.kind !== 'mailbox.message-appended' || event.sender === '') return state;
    const [last, broken] = state as [number, number];
    const now = event.host === left ? 1 : event.host === right ? 2 : 0;
    return now === 0 ? state : [now, broken === 1 || now === last ? 1 : 0];
  },
  done: (state) => (state as number[])[0] !== 0 && (state as number[])[1] === 0,
  progress: () => 0,
};
const any = saw('mailbox.message-appended', (e) => e.host === left || e.host === right, letters);

export const equalMx = defineExperiment({
  id: 'equal-mx',
  world: smallWorld({
    name: 'exp-equal-mx',
    title: 'Equal MX',
    zones: {
      'shop.example': '@ MX 10 left\n@ MX 10 right\nleft A 203.0.113.11\nright A 203.0.113.12\n',
    },
    receivers: [
      { name: left, address: '203.0.113.11', domain: 'shop.example' },
      { name: right, address: '203.0.113.12', domain: 'shop.example' },
    ],
  }),
  inputs: Array.from({ length: letters }, (_, i) =>
    aliceWrites(1 + 30 * i, 'bob@shop.example', `Letter ${i + 1}`),
  ),
  endsAtS: 270,
  speed: 'minute',
  outcomes: [
    { id: 'first', happens: all(any, not(arrivedAt(right))) },
    { id: 'turns', happens: all(any, takesTurns) },
    { id: 'copies', happens: all(arrivedAt(left, letters), arrivedAt(right, letters)) },
    {
      id: 'chance',
      happens: all(any, arrivedAt(left), arrivedAt(right), not(takesTurns), not(arrivedAt(left, letters))),
    },
  ],
  evidence: [
    { id: 'answer', view: 'dns', finds: answered('MX') },
    { id: 'one', view: 'log', finds: logged(home, 'relay=left', 'status=sent') },
    { id: 'other', view: 'log', finds: logged(home, 'relay=right', 'status=sent') },
  ],
});
