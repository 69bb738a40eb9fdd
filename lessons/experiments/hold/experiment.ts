/**
 * hold — a letter on hold: neither a flush nor time lets it go
 */
import { all, not, saw } from '../../dsl/check.ts';
import { defineExperiment } from '../../dsl/define-experiment.ts';
import { aliceWrites, home, smallWorld, typed } from '../../worlds/small-world.ts';
import { arrivedBetween, logged } from '../seen.ts';

const mx = 'mx.shop.example';
const second = 1_000_000;
const held = saw('queue.file-moved', (e) => e.host === home && e.to === 'hold');

export const hold = defineExperiment({
  id: 'hold',
  world: smallWorld({
    name: 'exp-hold',
    title: 'On hold',
    zones: { 'shop.example': '@ MX 10 mx\nmx A 203.0.113.25\n' },
    receivers: [{ name: mx, address: '203.0.113.25', domain: 'shop.example' }],
  }),
  inputs: [
    { at: second / 2, command: { kind: 'host.stop', host: mx } },
    aliceWrites(1, 'bob@shop.example'),
    typed(60, home, 'postsuper -h ALL'),
    { at: 90 * second, command: { kind: 'host.start', host: mx } },
    typed(120, home, 'postqueue -f'),
  ],
  endsAtS: 3600,
  speed: 'minute',
  outcomes: [
    { id: 'flushed', happens: arrivedBetween(mx, 0, 180) },
    { id: 'later', happens: arrivedBetween(mx, 180, 3600) },
    { id: 'stays', happens: all(held, not(arrivedBetween(mx, 0, 3600))) },
  ],
  evidence: [
    { id: 'held', view: 'log', finds: logged(home, 'laced on hold') },
    {
      id: 'queue',
      view: 'queues',
      finds: (e) => e.kind === 'queue.file-moved' && e.host === home && e.to === 'hold',
      host: true,
    },
    {
      id: 'flush',
      view: 'events',
      finds: (e) => e.kind === 'command.ended' && e.host === home && e.command.includes('postqueue -f'),
    },
  ],
});
