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

import type { Directory, Files, TextPiece } from '../../../os/os.ts';

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

/** Where all logs of a kind are. */
export function bounceLogs(files: Files, queueDirectory: string, log: BounceLogName): Directory {
  return files.directory(`${queueDirectory}/${log}`);
}

export function appendBounceLog(logs: Directory, queueId: string, entry: BounceLogEntry): void {
  const block = new Block(entry);
  // Bytes of their own: they stay as long as the mail does.
  logs.append(queueId, block.isAscii ? block : detached(utf8.encode(block.toString())));
}

/**
 * One recipient's part of a log, as an entry until somebody reads the bytes: a deferred message gets a new
 * one at each attempt, and what is made of it is mostly the entry again.
 */
class Block implements TextPiece {
  readonly entry: BounceLogEntry;
  readonly length: number;
  readonly isAscii: boolean;

  constructor(entry: BounceLogEntry) {
    const { recipient, reason, diagnostic, remoteMta, originalRecipient, dsnOriginalRecipient } = entry;
    this.entry = entry;
    this.isAscii =
      isAscii(recipient) &&
      isAscii(reason) &&
      isAscii(diagnostic) &&
      isAscii(remoteMta) &&
      isAscii(originalRecipient) &&
      isAscii(dsnOriginalRecipient);
    this.length =
      alwaysThere +
      2 * (recipient.length + reason.length) +
      String(entry.offset).length +
      entry.status.length +
      entry.action.length +
      (originalRecipient === '' ? 0 : 'original_recipient=\n'.length + originalRecipient.length) +
      (dsnOriginalRecipient === '' ? 0 : 'dsn_orig_rcpt=\n'.length + dsnOriginalRecipient.length) +
      (entry.notify === '' ? 0 : 'notify_flags=\n'.length + entry.notify.length) +
      (diagnostic === '' ? 0 : 'diag_type=smtp\ndiag_text=\n'.length + diagnostic.length) +
      (remoteMta === '' ? 0 : 'mta_type=dns\nmta_mname=\n'.length + remoteMta.length);
  }

  toString(): string {
    const { entry } = this;
    return [
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
    ].join('\n');
  }
}

const alwaysThere = '<>: \nrecipient=\noffset=\nstatus=\naction=\nreason=\n\n'.length;

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}

/**
 * All entries of a log, in the order of writing; [] when there is none. Of a recipient listed twice the last
 * counts.
 */
export function readBounceLog(logs: Directory, queueId: string): readonly BounceLogEntry[] {
  const pieces = logs.pieces(queueId);
  if (pieces === null) return noEntries;
  const [first] = pieces;
  if (pieces.length === 1 && first instanceof Block) return [first.entry];
  const entries = new Map<string, BounceLogEntry>();
  for (const piece of pieces) {
    if (piece instanceof Block) entries.set(idOf(piece.entry), piece.entry);
    else
      for (const entry of parseBlocks(piece instanceof Uint8Array ? utf8.decode(piece) : piece.toString()))
        entries.set(idOf(entry), entry);
  }
  return [...entries.values()];
}

const noEntries: readonly BounceLogEntry[] = Object.freeze([]);

function idOf({ offset, recipient }: BounceLogEntry): string {
  return `${offset} ${recipient}`;
}

function parseBlocks(text: string): BounceLogEntry[] {
  const entries: BounceLogEntry[] = [];
  for (const block of text.split('\n\n')) {
    const values = new Map<string, string>();
    for (const line of block.split('\n').slice(1)) {
      const equals = line.indexOf('=');
      if (equals > 0) values.set(line.slice(0, equals), line.slice(equals + 1));
    }
    const recipient = values.get('recipient');
    if (recipient === undefined) continue;
    entries.push({
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
    });
  }
  return entries;
}
