/**
 * services — how programs of the host reach a running Postfix: signals to master(8), the FIFOs and sockets
 * below public/
 *
 * A command opens the path below $queue_directory (Os.bound); null means "Connection refused": the mail
 * system is down. master(8) listens on all of them and starts showq, flush or pickup when somebody asks.
 *
 * SEE ALSO  mail_connect(3), mail_trigger(3), master(8)
 */
import type { Channel, Os, Proc } from '../../os/os.ts';

import type { Parameters } from './parameters.ts';
import type { QmgrEvent } from './qmgr/state.ts';

/** Where things are below $queue_directory. */
export const servicePaths = Object.freeze({
  /** kill(2) by the process id that this file has */
  master: 'pid/master.pid',
  qmgr: 'public/qmgr',
  pickup: 'public/pickup',
  flush: 'public/flush',
  showq: 'public/showq',
});

/** What arrives at public/qmgr. */
export type QmgrTrigger = QmgrEvent;

/** What arrives at master(8): signals, and the clients of the services that it starts on demand. */
export type MasterRequest =
  | { kind: 'signal'; signal: 'HUP' | 'TERM' }
  /** look into maildrop now */
  | { kind: 'pickup' }
  /** a file was put into maildrop: the next regular wake-up of pickup will find it */
  | { kind: 'maildrop' }
  | { kind: 'showq'; reply: Channel<QueuedMessage[] | 'end'> }
  | { kind: 'flush'; what: FlushWhat; reply: Channel<FlushStatus> };

/** Whose mail to try at once. */
export type FlushWhat = { site: string } | { queueId: string };

/** FLUSH_STAT_…: done; cannot say; nonsense; $fast_flush_domains has no such site. */
export type FlushStatus = 'ok' | 'fail' | 'bad' | 'deny';

/** Asks flush(8) and waits for its word; without the service it is 'fail'. */
export function* askFlush(os: Os, parameters: Parameters, what: FlushWhat): Proc<FlushStatus> {
  const service = os.bound<MasterRequest>(`${parameters.text('queue_directory')}/${servicePaths.flush}`);
  if (service === null) return 'fail';
  const reply: Channel<FlushStatus> = os.channel();
  service.put({ kind: 'flush', what, reply });
  const status = yield* reply.take({ deadline: os.now() + parameters.time('ipc_timeout') });
  return status === 'timeout' ? 'fail' : status;
}

/** What showq(8) says of one message. */
export interface QueuedMessage {
  queue: string;
  queueId: string;
  /** microseconds since 1970 */
  arrivedUs: number;
  size: number;
  forcedExpire: boolean;
  sender: string;
  /** those still to be delivered; reason '' = none known */
  recipients: { address: string; reason: string }[];
}
