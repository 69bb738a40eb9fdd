/**
 * greylisting — a server that turns every stranger away once, and takes the letter when it comes again
 */
import { all, not } from '../../dsl/check.ts';
import { defineExperiment } from '../../dsl/define-experiment.ts';
import { aliceWrites, home, smallWorld } from '../../worlds/small-world.ts';
import { arrivedBetween, deferredAt, logged, returned } from '../seen.ts';

const grey = 'mx.grey.example';

export const greylisting = defineExperiment({
  id: 'greylisting',
  world: smallWorld({
    name: 'exp-greylisting',
    title: 'Greylisting',
    zones: { 'grey.example': '@ MX 10 mx\nmx A 203.0.113.25\n' },
    receivers: [
      {
        name: grey,
        address: '203.0.113.25',
        domain: 'grey.example',
        role: 'Greylister',
        behaves: '[greylist]\ndelay = 300s\n',
      },
    ],
  }),
  inputs: [
    aliceWrites(1, 'bob@grey.example', 'First letter'),
    aliceWrites(1200, 'bob@grey.example', 'Second letter'),
  ],
  endsAtS: 1260,
  speed: 'minute',
  outcomes: [
    { id: 'at-once', happens: arrivedBetween(grey, 0, 60) },
    {
      id: 'minutes',
      happens: all(deferredAt(home), arrivedBetween(grey, 60, 1100), arrivedBetween(grey, 1200, 1210)),
    },
    { id: 'returned', happens: all(returned, not(arrivedBetween(grey, 0, 1260))) },
    { id: 'never', happens: all(not(returned), deferredAt(home), not(arrivedBetween(grey, 0, 1100))) },
  ],
  evidence: [
    { id: 'refused', view: 'log', finds: logged(home, 'status=deferred', 'reylist') },
    {
      id: 'waits',
      view: 'queues',
      finds: (e) => e.kind === 'queue.file-moved' && e.host === home && e.to === 'deferred',
      host: true,
    },
    { id: 'taken', view: 'log', finds: logged(home, 'status=sent', 'relay=mx.grey.example') },
    {
      id: 'known',
      view: 'log',
      finds: logged(home, 'status=sent', 'relay=mx.grey.example'),
      which: 'last',
    },
  ],
});
