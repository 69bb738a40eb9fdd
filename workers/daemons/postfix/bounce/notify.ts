/**
 * notify — bounce(8): reports to senders: undelivered, delayed, delivered; made from the per-message logs,
 * entered through cleanup
 *
 * A report has the null sender, so that nobody reports on it: a bounce that bounces is dropped.
 *
 * By $notify_classes the postmaster gets copies of bounces and warnings, and those that have no sender to go
 * to.
 *
 * STANDARDS  RFC 5321 §4.5.5 (null reverse-path), RFC 3461 §5–6, RFC 3464
 * SEE ALSO   bounce-log.ts, ../../../protocols/dsn/report.ts, bounce(8), bounce(5)
 */
import { formatReport, type ReportKind, type ReportRecipient } from '../../../protocols/dsn/report.ts';

import { HOUR, DAY, type Os, type Proc } from '../../../os/os.ts';

import { wants } from '../delivery/record.ts';
import type { QueueEnvelope } from '../qmgr/message.ts';

import { bounceLogs, readBounceLog, type BounceLogEntry, type BounceLogName } from './bounce-log.ts';

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
  /** $notify_classes → who gets the copies: addresses in full */
  copiesTo: Readonly<Partial<Record<CopyClass, string>>>;
  readContent: (queueId: string) => readonly Uint8Array[];
  /** Enters a message through cleanup. @returns its queue id, null when cleanup would not have it */
  enter: (
    os: Os,
    message: { sender: string; recipient: string; content: readonly Uint8Array[] },
  ) => Proc<string | null>;
}

/** Those of $notify_classes that bounce(8) heeds. */
export type CopyClass = 'bounce' | '2bounce' | 'delay';

export type ReportTask = 'bounce' | 'success' | 'expired' | 'warning';

interface TaskRules {
  log: BounceLogName;
  kind: ReportKind;
  /** RFC 3461 NOTIFY that asks for it */
  wanted: 'SUCCESS' | 'FAILURE' | 'DELAY';
  /** what the log calls it */
  name: string;
  /** the class of copies */
  copies: CopyClass | null;
}

const rules: Readonly<Record<ReportTask, TaskRules>> = Object.freeze({
  bounce: {
    log: 'bounce',
    kind: 'failed',
    wanted: 'FAILURE',
    name: 'non-delivery notification',
    copies: 'bounce',
  },
  expired: {
    log: 'defer',
    kind: 'failed',
    wanted: 'FAILURE',
    name: 'non-delivery notification',
    copies: 'bounce',
  },
  warning: { log: 'defer', kind: 'delayed', wanted: 'DELAY', name: 'delay notification', copies: 'delay' },
  success: {
    log: 'trace',
    kind: 'success',
    wanted: 'SUCCESS',
    name: 'delivery status notification',
    copies: null,
  },
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
  const { log, wanted } = rules[task];
  const logs = bounceLogs(os.files, config.queue_directory, log);
  const entries = readBounceLog(logs, queueId).filter((entry) => wants(entry, wanted));
  if (entries.length > 0 && mayReport(os, config, queueId, envelope.sender)) {
    const about = { queueId, envelope, entries };
    if (envelope.sender !== '' && !(yield* notify(os, config, task, { ...about, postmaster: null })))
      return false;
    const postmaster = copyFor(config, task, envelope.sender);
    if (postmaster !== null && !(yield* notify(os, config, task, { ...about, postmaster }))) return false;
  }
  if (task !== 'warning') logs.remove(queueId);
  return true;
}

interface Subject {
  queueId: string;
  envelope: QueueEnvelope;
  entries: readonly BounceLogEntry[];
  /** null = to the sender */
  postmaster: string | null;
}

/** Enters one report. @returns whether cleanup took it */
function* notify(os: Os, config: BounceConfig, task: ReportTask, about: Subject): Proc<boolean> {
  const { queueId, envelope, postmaster } = about;
  if (task === 'warning' && postmaster === null) warnOfUnits(os, config);
  const content = makeReport(os, config, task, about);
  const message =
    postmaster === null
      ? { sender: '', recipient: envelope.sender, content }
      : { sender: `${config.double_bounce_sender}@${config.myhostname}`, recipient: postmaster, content };
  const reportId = yield* config.enter(os, message);
  if (reportId === null) return false;
  const to = postmaster === null ? 'sender' : 'postmaster';
  os.log('postfix/bounce', `${queueId}: ${to} ${rules[task].name}: ${reportId}`);
  return true;
}

// The built-in template says these times in units that make nothing of short ones.
function warnOfUnits(os: Os, { delay_warning_time, maximal_queue_lifetime }: BounceConfig): void {
  const times = [
    ['delay_warning_time', 'hours', delay_warning_time, HOUR],
    ['maximal_queue_lifetime', 'days', maximal_queue_lifetime, DAY],
  ] as const;
  for (const [name, unit, time, whole] of times) {
    if (time === 0 || time >= whole) continue;
    const parameter = `${name}_${unit}`;
    for (const text of [
      `[built-in]: zero result in delay template conversion of parameter "${parameter}"`,
      `please reduce time unit "${unit}" of "${parameter}" in delay template`,
      'for instructions see the bounce(5) manual',
    ])
      os.log('postfix/bounce', `warning: ${text}`);
  }
}

// RFC 5321 §4.5.5: nothing is reported to the null reverse-path; the postmaster may want to know.
function copyFor({ copiesTo }: BounceConfig, task: ReportTask, sender: string): string | null {
  const { copies } = rules[task];
  if (copies === null) return null;
  if (sender !== '') return copiesTo[copies] ?? null;
  return copies === 'bounce' ? (copiesTo['2bounce'] ?? null) : null;
}

function mayReport(os: Os, config: BounceConfig, queueId: string, sender: string): boolean {
  if (sender.toLowerCase() !== `${config.double_bounce_sender}@${config.myhostname}`.toLowerCase())
    return true;
  os.log('postfix/bounce', `warning: ${queueId}: undeliverable postmaster notification discarded`);
  return false;
}

function makeReport(os: Os, config: BounceConfig, task: ReportTask, about: Subject): Uint8Array[] {
  const { envelope, queueId, postmaster } = about;
  const { kind } = rules[task];
  const full =
    kind === 'failed' &&
    (postmaster === null || envelope.sender === '') &&
    envelope.returnContent !== 'HDRS' &&
    envelope.size <= config.bounce_size_limit;
  return formatReport(
    {
      kind,
      reportingMta: config.myhostname,
      origin: config.myorigin,
      queueId,
      sender: envelope.sender,
      postmaster,
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
