/**
 * notify — bounce(8): reports to senders: undelivered, delayed, delivered; made from the per-message logs,
 * entered through cleanup
 *
 * A report has the null sender, so that nobody reports on it: a bounce that bounces is dropped.
 *
 * SIMPLIFIED: $notify_classes is taken to be the default (resource, software), so that postmaster gets no
 * copies of bounces or double bounces; a learner who adds "bounce" or "2bounce" sees no difference.
 *
 * STANDARDS  RFC 5321 §4.5.5 (null reverse-path), RFC 3461 §5–6, RFC 3464
 * SEE ALSO   bounce-log.ts, ../../../protocols/dsn/report.ts, bounce(8), bounce(5)
 */
import { formatReport, type ReportKind, type ReportRecipient } from '../../../protocols/dsn/report.ts';

import { HOUR, DAY, type Os, type Proc } from '../../../os/os.ts';

import { wants } from '../delivery/record.ts';
import type { QueueEnvelope } from '../qmgr/message.ts';

import { bounceLogPath, readBounceLog, type BounceLogEntry, type BounceLogName } from './bounce-log.ts';

export interface BounceConfig {
  myhostname: string;
  myorigin: string;
  queue_directory: string;
  bounce_size_limit: number;
  /** microseconds */
  delay_warning_time: number;
  maximal_queue_lifetime: number;
  /** local part of the sender that marks a notification about a notification */
  double_bounce_sender: string;
  readContent: (queueId: string) => readonly Uint8Array[];
  /** Enters a message through cleanup. @returns its queue id, null when cleanup would not have it */
  enter: (
    os: Os,
    message: { sender: string; recipient: string; content: readonly Uint8Array[] },
  ) => Proc<string | null>;
}

export type ReportTask = 'bounce' | 'success' | 'expired' | 'warning';

interface TaskRules {
  log: BounceLogName;
  kind: ReportKind;
  /** RFC 3461 NOTIFY that asks for it */
  wanted: 'SUCCESS' | 'FAILURE' | 'DELAY';
  /** what the log calls it */
  name: string;
}

const rules: Readonly<Record<ReportTask, TaskRules>> = Object.freeze({
  bounce: { log: 'bounce', kind: 'failed', wanted: 'FAILURE', name: 'sender non-delivery notification' },
  expired: { log: 'defer', kind: 'failed', wanted: 'FAILURE', name: 'sender non-delivery notification' },
  warning: { log: 'defer', kind: 'delayed', wanted: 'DELAY', name: 'sender delay notification' },
  success: { log: 'trace', kind: 'success', wanted: 'SUCCESS', name: 'sender delivery status notification' },
});

/**
 * Makes one report and removes the log it was made from (a delay warning leaves it: the mail is still
 * deferred).
 * @returns false when the report could not be entered; the caller keeps the message and tries again later
 */
export function* report(
  os: Os,
  config: BounceConfig,
  task: ReportTask,
  { queueId, envelope }: { queueId: string; envelope: QueueEnvelope },
): Proc<boolean> {
  const { log, wanted, name } = rules[task];
  const path = bounceLogPath(config.queue_directory, log, queueId);
  const entries = readBounceLog(os.files, path).filter((entry) => wants(entry, wanted));
  if (entries.length > 0 && mayReport(os, config, queueId, envelope.sender)) {
    const content = makeReport(os, config, task, { queueId, envelope, entries });
    const reportId = yield* config.enter(os, { sender: '', recipient: envelope.sender, content });
    if (reportId === null) return false;
    os.log('postfix/bounce', `${queueId}: ${name}: ${reportId}`);
  }
  if (task !== 'warning') os.files.remove(path);
  return true;
}

// RFC 5321 §4.5.5: nothing is reported to the null reverse-path.
function mayReport(os: Os, config: BounceConfig, queueId: string, sender: string): boolean {
  if (sender === '') return false;
  if (sender.toLowerCase() !== `${config.double_bounce_sender}@${config.myhostname}`.toLowerCase())
    return true;
  os.log('postfix/bounce', `warning: ${queueId}: undeliverable postmaster notification discarded`);
  return false;
}

function makeReport(
  os: Os,
  config: BounceConfig,
  task: ReportTask,
  about: { queueId: string; envelope: QueueEnvelope; entries: readonly BounceLogEntry[] },
): Uint8Array[] {
  const { envelope, queueId } = about;
  const { kind } = rules[task];
  const full =
    kind === 'failed' && envelope.returnContent !== 'HDRS' && envelope.size <= config.bounce_size_limit;
  return formatReport(
    {
      kind,
      reportingMta: config.myhostname,
      origin: config.myorigin,
      queueId,
      sender: envelope.sender,
      envelopeId: envelope.envelopeId,
      arrivedAt: os.epochUs(envelope.arrived),
      recipients: about.entries.map((entry) => reportRecipient(entry, kind)),
      at: os.epochUs(),
      retryUntil: os.epochUs(envelope.arrived + config.maximal_queue_lifetime),
      delayedHours: Math.floor(config.delay_warning_time / HOUR),
      lifetimeDays: Math.floor(config.maximal_queue_lifetime / DAY),
    },
    config.readContent(queueId),
    full,
  );
}

function reportRecipient(entry: BounceLogEntry, kind: ReportKind): ReportRecipient {
  return {
    address: entry.recipient,
    originalAddress: entry.originalRecipient,
    originalRecipient: entry.dsnOriginalRecipient,
    action: kind === 'failed' ? 'failed' : kind === 'delayed' ? 'delayed' : entry.action,
    status: entry.status,
    reason: entry.reason,
    remoteMta: entry.remoteMta,
    diagnostic: entry.diagnostic,
  };
}
