/**
 * bounce-log — the per-message logfiles of failed, deferred and traced recipients: bounce/QID, defer/QID,
 * trace/QID
 *
 * A text file with one block per recipient: a line for people, name=value lines, an empty line. Delivery
 * agents append to it; mailq shows the reasons of the defer log; bounce(8) makes notifications from them and
 * removes them.
 *
 * SEE ALSO  bounce(8), notify.ts, ../delivery/record.ts
 */
import { detached } from '../../../bytes/slab.ts';
import * as utf8 from '../../../bytes/utf8.ts';

import type { Files } from '../../../os/os.ts';

export type BounceLogName = 'bounce' | 'defer' | 'trace';

/** What is kept of one recipient. Texts are single lines. */
export interface BounceLogEntry {
  recipient: string;
  originalRecipient: string;
  /** ORCPT */
  dsnOriginalRecipient: string;
  /** RFC 3461 NOTIFY as given; '' = default */
  notify: string;
  status: string;
  action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';
  reason: string;
  /** the remote host's reply and name; '' = the reason is our own */
  diagnostic: string;
  remoteMta: string;
  /** index of the recipient in the queue file */
  offset: number;
}

/** Where the log of a message is. */
export function bounceLogPath(queueDirectory: string, log: BounceLogName, queueId: string): string {
  return `${queueDirectory}/${log}/${queueId}`;
}

export function appendBounceLog(files: Files, path: string, entry: BounceLogEntry): void {
  const lines = [
    `<${entry.recipient}>: ${entry.reason}`,
    `recipient=${entry.recipient}`,
    `offset=${entry.offset}`,
    ...(entry.originalRecipient === '' ? [] : [`original_recipient=${entry.originalRecipient}`]),
    ...(entry.dsnOriginalRecipient === '' ? [] : [`dsn_orig_rcpt=${entry.dsnOriginalRecipient}`]),
    ...(entry.notify === '' ? [] : [`notify_flags=${entry.notify}`]),
    `status=${entry.status}`,
    `action=${entry.action}`,
    ...(entry.diagnostic === '' ? [] : ['diag_type=smtp', `diag_text=${entry.diagnostic}`]),
    ...(entry.remoteMta === '' ? [] : ['mta_type=dns', `mta_mname=${entry.remoteMta}`]),
    `reason=${entry.reason}`,
    '',
    '',
  ];
  files.append(path, detached(utf8.encode(lines.join('\n')))); // it stays as long as the mail does
}

/**
 * All entries of a log, in the order of writing; [] when there is none. Of a recipient listed twice the last
 * counts.
 */
export function readBounceLog(files: Files, path: string): BounceLogEntry[] {
  const bytes = files.read(path);
  if (bytes === null) return [];
  const entries = new Map<string, BounceLogEntry>();
  for (const block of utf8.decode(bytes).split('\n\n')) {
    const values = new Map<string, string>();
    for (const line of block.split('\n').slice(1)) {
      const equals = line.indexOf('=');
      if (equals > 0) values.set(line.slice(0, equals), line.slice(equals + 1));
    }
    const recipient = values.get('recipient');
    if (recipient === undefined) continue;
    const entry: BounceLogEntry = {
      recipient,
      originalRecipient: values.get('original_recipient') ?? '',
      dsnOriginalRecipient: values.get('dsn_orig_rcpt') ?? '',
      notify: values.get('notify_flags') ?? '',
      status: values.get('status') ?? '',
      action: (values.get('action') ?? 'failed') as BounceLogEntry['action'],
      reason: values.get('reason') ?? '',
      diagnostic: values.get('diag_text') ?? '',
      remoteMta: values.get('mta_mname') ?? '',
      offset: Number(values.get('offset') ?? '0'),
    };
    entries.set(`${entry.offset} ${recipient}`, entry);
  }
  return [...entries.values()];
}
