/**
 * bounce-of-a-bounce — a report that cannot be delivered is not reported
 */
import { all, not, saw } from '../../dsl/check.ts';
import { defineExperiment } from '../../dsl/define-experiment.ts';
import { home, smallWorld, typed } from '../../worlds/small-world.ts';
import { logged } from '../seen.ts';

const mx = 'mx.shop.example';
const reports = (times: number) =>
  saw('queue.message-entered', (e) => (e.host === home || e.host === mx) && e.sender === '', times);
const reportFailed = saw(
  'delivery.attempted',
  (e) => e.host === home && e.recipient === 'ghost@shop.example' && e.status === 'bounced',
);
const postmasterHeard = saw('mailbox.message-appended', (e) => e.host === home);

export const bounceOfABounce = defineExperiment({
  id: 'bounce-of-a-bounce',
  world: smallWorld({
    name: 'exp-bounce-of-a-bounce',
    title: 'Bounce of a bounce',
    zones: { 'shop.example': '@ MX 10 mx\nmx A 203.0.113.25\n' },
    receivers: [{ name: mx, address: '203.0.113.25', domain: 'shop.example' }],
  }),
  inputs: [
    typed(
      1,
      home,
      'printf "Subject: Lost\\n\\nHello?\\n" | sendmail -f ghost@shop.example nobody@shop.example',
    ),
  ],
  endsAtS: 300,
  speed: 'story',
  outcomes: [
    { id: 'ping-pong', happens: reports(3) },
    { id: 'postmaster', happens: all(reportFailed, postmasterHeard) },
    { id: 'waits', happens: all(reports(1), not(reportFailed)) },
    { id: 'dropped', happens: all(reportFailed, not(postmasterHeard), not(reports(2))) },
  ],
  evidence: [
    { id: 'first', view: 'log', finds: logged(home, 'to=<nobody@shop.example>', 'status=bounced') },
    {
      id: 'report',
      view: 'message',
      finds: (e) => e.kind === 'queue.message-entered' && e.host === home && e.sender === '',
    },
    { id: 'second', view: 'log', finds: logged(home, 'to=<ghost@shop.example>', 'status=bounced') },
    { id: 'gone', view: 'log', finds: logged(home, ': removed'), which: 'last' },
  ],
});
