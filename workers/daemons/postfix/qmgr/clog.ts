/**
 * clog — the warning that one destination fills the active queue, and what an administrator may do about it
 *
 * SEE ALSO  deliveries.ts, qmgr_entry(3), postconf(5) "qmgr_clog_warn_time"
 */
import type { Os } from '../../../os/os.ts';

import type { Destination } from './destination.ts';

/** Logs advice. @param active messages in the active queue, of which `waiting` are for the destination */
export function warnOfClog<M>(
  os: Os,
  destination: Destination<M>,
  { waiting, active, activeMax }: { waiting: number; active: number; activeMax: number },
): void {
  const { transport, nexthop } = destination;
  const { destination_concurrency_limit: limit } = transport.limits;
  const share = waiting / active;
  const advice = [`mail for ${nexthop} is using up ${waiting} of ${active} active queue entries`];
  if (share < 0.9) advice.push('this may slow down other mail deliveries');
  if (limit > 0 && limit <= destination.busy + 1)
    advice.push(
      `you may need to increase the main.cf ${transport.name}_destination_concurrency_limit from ${limit}`,
    );
  else if (destination.window > activeMax * share)
    advice.push(`you may need to increase the main.cf qmgr_message_active_limit from ${activeMax}`);
  else if (transport.destinations.size > 1)
    advice.push(`you may need a separate master.cf transport for ${nexthop}`);
  else
    advice.push(
      `you may need to reduce ${transport.name} connect and helo timeouts`,
      'so that Postfix quickly skips unavailable hosts',
      'you may need to increase the main.cf minimal_backoff_time and maximal_backoff_time',
      'so that Postfix wastes less time on undeliverable mail',
      `you may need to increase the master.cf ${transport.name} process limit`,
    );
  advice.push(
    'please avoid flushing the whole queue when you have',
    'lots of deferred mail, that is bad for performance',
    'to turn off these warnings specify: qmgr_clog_warn_time = 0',
  );
  for (const text of advice) os.log('postfix/qmgr', `warning: ${text}`);
}
