/**
 * slow-destination — a slow destination fills the active queue, and mail for all others waits outside
 */
import { all, not } from '../../dsl/check.ts';
import { defineExperiment } from '../../dsl/define-experiment.ts';
import { aliceWrites, home, smallWorld, typed } from '../../worlds/small-world.ts';
import { arrivedBetween, deferredAt, logged, returned } from '../seen.ts';

const quick = 'mx.quick.example';
const slow = 'mx.slow.example';
const newsletter =
  'for i in $(seq 40); do printf "Subject: News\\n\\nNews.\\n" | sendmail -f news@home.example reader@slow.example; done';

export const slowDestination = defineExperiment({
  id: 'slow-destination',
  world: smallWorld({
    name: 'exp-slow-destination',
    title: 'A slow destination',
    zones: {
      'quick.example': '@ MX 10 mx\nmx A 203.0.113.25\n',
      'slow.example': '@ MX 10 mx\nmx A 203.0.113.99\n',
    },
    receivers: [
      { name: quick, address: '203.0.113.25', domain: 'quick.example' },
      {
        name: slow,
        address: '203.0.113.99',
        domain: 'slow.example',
        users: ['reader'],
        latencyUs: 4_000_000,
      },
    ],
    others: ['news'],
    parameters: { qmgr_message_active_limit: '20', default_destination_concurrency_limit: '2' },
  }),
  inputs: [typed(1, home, newsletter), aliceWrites(10, 'bob@quick.example')],
  endsAtS: 1500,
  speed: 'minute',
  outcomes: [
    { id: 'at-once', happens: arrivedBetween(quick, 0, 60) },
    { id: 'late', happens: all(not(arrivedBetween(quick, 0, 60)), arrivedBetween(quick, 60, 1500)) },
    { id: 'returned', happens: returned },
    { id: 'deferred', happens: all(deferredAt(home), not(arrivedBetween(quick, 0, 1500))) },
  ],
  evidence: [
    {
      id: 'full',
      view: 'queues',
      finds: (e) =>
        e.kind === 'queue.message-entered' && e.host === home && e.recipients === 'bob@quick.example',
      host: true,
    },
    { id: 'slow', view: 'log', finds: logged(home, 'relay=mx.slow.example', 'status=sent') },
    { id: 'late', view: 'log', finds: logged(home, 'relay=mx.quick.example', 'status=sent') },
  ],
});
