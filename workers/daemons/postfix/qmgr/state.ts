/**
 * state — the queue manager's parameters, events and state, and its one timer: the next scan of the deferred
 * queue
 */
import {
  SECOND,
  type Channel,
  type Directory,
  type Os,
  type Proc,
  type VirtualTime,
} from '../../../os/os.ts';

import type { BounceLogName } from '../bounce/bounce-log.ts';
import type { ReportTask } from '../bounce/notify.ts';
import type { AgentPool } from '../delivery/agent-pool.ts';
import type { DeliveryReply } from '../delivery/request.ts';

import { scanAtOrAfter } from './backoff.ts';
import type { Deliveries } from './deliveries.ts';
import type { MailFlow } from './mail-flow.ts';
import type { MailQueue } from './mail-queue.ts';
import type { ActiveMessage, QueueEnvelope } from './message.ts';
import type { TransportLimits } from './scheduler.ts';

/** main.cf parameters of the queue manager; times in microseconds. */
export interface QmgrParams {
  queue_directory: string;
  minimal_backoff_time: number;
  maximal_backoff_time: number;
  queue_run_delay: number;
  maximal_queue_lifetime: number;
  bounce_queue_lifetime: number;
  delay_warning_time: number;
  qmgr_message_active_limit: number;
  /** 0 = do not warn */
  qmgr_clog_warn_time: number;
  /** transports that deliver after a flush only */
  defer_transports: readonly string[];
}

/** What wakes the queue manager. */
export type QmgrEvent =
  /** cleanup(8) put a file into incoming */
  | { kind: 'incoming' }
  /** a file was put into deferred by another program (postsuper -H) */
  | { kind: 'deferred' }
  /** postqueue -f: try all deferred mail now; postqueue -i: only that of queueId */
  | { kind: 'flush'; queueId?: string }
  | DeliveryReply
  /** bounce(8) is through with the reports about a message */
  | { kind: 'reports-done'; queueId: string; ok: boolean }
  /**
   * postfix reload: end, after the deliveries under way. What is not handed out goes back to incoming; the
   * ids of what is still under way are put to `busy`, and events that come late to `heir`.
   */
  | { kind: 'retire'; busy: Channel<Set<string>>; heir: Channel<QmgrEvent> };

export interface QmgrConfig {
  params: QmgrParams;
  queue: MailQueue;
  events: Channel<QmgrEvent>;
  flow: MailFlow;
  limitsOf: (transport: string) => TransportLimits;
  /** the agents of a transport; null = master.cf has no such service */
  agentsOf: (transport: string) => AgentPool | null;
  reporter: Reporter;
  /** messages that the queue manager before this one has not finished */
  busy?: ReadonlySet<string>;
}

/** State of one queue manager, shared by its parts. */
export interface QmgrState {
  readonly config: QmgrConfig;
  /** params with bounce_queue_lifetime limited */
  readonly params: QmgrParams;
  readonly startedAt: VirtualTime;
  readonly active: Map<string, ActiveMessage>;
  readonly deliveries: Deliveries;
  /** bounce(8)'s logs */
  readonly logs: Readonly<Record<BounceLogName, Directory>>;
  /** when the deferred queue is scanned next; NEVER when it holds nothing */
  scanAt: VirtualTime;
}

export const qmgrIdent = 'postfix/qmgr';

/** bounce(8) as qmgr sees it. */
export interface Reporter {
  /** Makes a report from the message's logs and removes them. @returns false when it could not be entered */
  report(os: Os, task: ReportTask, message: { queueId: string; envelope: QueueEnvelope }): Proc<boolean>;
}

/** The first scan of the deferred queue from now on that takes a file with this next attempt. */
export function scanThatTakes(os: Os, state: QmgrState, nextAttempt: VirtualTime): VirtualTime {
  const earliest = Math.max(nextAttempt - SECOND, os.now() + 1); // one second of grace, see isDue
  return scanAtOrAfter(earliest, { start: state.startedAt, delay: state.params.queue_run_delay });
}

/** Makes sure that the deferred queue is scanned when a file with this next attempt is due. */
export function scheduleScan(os: Os, state: QmgrState, nextAttempt: VirtualTime): void {
  const at = scanThatTakes(os, state, nextAttempt);
  if (at >= state.scanAt) return;
  state.scanAt = at;
  os.trace({ kind: 'scan.scheduled', due: at });
}
