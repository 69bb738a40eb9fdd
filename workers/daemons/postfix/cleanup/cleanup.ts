/**
 * cleanup — canonicalize a message and enter it into the incoming queue
 *
 * Adds missing header fields, completes and maps the envelope's addresses, expands aliases, writes one queue
 * file and wakes qmgr(8). When finish() says ok the file is on disk: a crash does not lose it.
 *
 * SIMPLIFIED: runs in the proc of the program that enters the message, where the real one is a process behind
 * a socket; its log lines bear the pid of the cleanup process all the same. The unfinished file is in a
 * directory of its own, where the real one marks it by file permissions. header_checks are applied to the
 * whole message at its end. in_flow_delay passes before the end of data is looked at, not when the
 * client names its first recipient.
 *
 * STANDARDS  RFC 5321 §4.4 (trace fields), §6.3 (loops), RFC 5322 §3.6 (required fields)
 * ERRORS     the reply that smtpd gives: 451 4.3.0 tables or queue, 552 5.3.4 size, 554 5.4.0 hops, 550
 *            content
 * SEE ALSO   queue-file.ts, header-work.ts, map-addresses.ts, cleanup(8)
 */
import { shownAddress } from '../../../protocols/smtp/address.ts';
import { formatCompactStamp, formatDate } from '../../../protocols/message/date.ts';

import type { Os, Proc, QueueName, VirtualTime } from '../../../os/os.ts';

import type { RequestRecipient } from '../delivery/request.ts';
import { lateCode } from '../late.ts';
import type { LookupTables } from '../maps/lookup-table.ts';

import type { AddressRole, CleanupConfig, ContentTables } from './config.ts';
import type { HeaderRole } from './header-addresses.ts';
import {
  assemble,
  fieldValue,
  formatFrom,
  normalizeFields,
  scanMessage,
  type HeaderLine,
  type ScannedMessage,
} from './header-work.ts';
import type { CleanupResult, MailEnvelope, MailRecipient, MailStream } from './mail-stream.ts';
import { expandAliases, mapAddress } from './map-addresses.ts';
import { encodeQueueFile, mayExceed, type QueueFile } from './queue-file.ts';
import { formatQueueId } from './queue-id.ts';
import { plainRecipient, RecipientList } from './recipient-list.ts';
import { noVerdict, type Verdict } from './verdict.ts';

/** What cleanup needs of its instance. */
export interface CleanupService {
  readonly config: CleanupConfig;
  /** the cleanup process: its log lines */
  readonly processOs: () => Os;
  rewrite(address: string): string;
  /** @returns false when mail comes in faster than qmgr takes it: wait for $in_flow_delay */
  takeToken(): boolean;
  /** tells qmgr that a file is in incoming */
  wake(): void;
  /** a name for an unfinished file that no other has */
  unfinishedName(): string;
}

/** Where files are until they are complete. */
export const unfinishedDirectory = 'incoming/.unfinished';

const refusals = Object.freeze({
  queue: { kind: 'refused', code: 451, dsn: '4.3.0', text: 'Error: queue file write error' },
  size: { kind: 'refused', code: 552, dsn: '5.3.4', text: 'Error: message file too big' },
  hops: { kind: 'refused', code: 554, dsn: '5.4.0', text: 'Error: too many hops' },
  recipients: { kind: 'refused', code: 550, dsn: '5.1.0', text: 'Error: no recipients specified' },
} satisfies Record<string, CleanupResult>);

/** Opens a stream for one message: allots the queue id. */
export function openCleanupStream(service: CleanupService, os: Os, envelope: MailEnvelope): MailStream {
  return new CleanupStream(service, os, envelope);
}

class CleanupStream implements MailStream {
  readonly queueId: string;
  readonly #service: CleanupService;
  readonly #config: CleanupConfig;
  readonly #os: Os;
  readonly #envelope: MailEnvelope;
  readonly #spool: string;
  readonly #path: string;
  readonly #recipients: MailRecipient[] = [];
  readonly #created: VirtualTime;

  constructor(service: CleanupService, os: Os, envelope: MailEnvelope) {
    this.#service = service;
    this.#config = service.config;
    this.#os = os;
    this.#envelope = envelope;
    this.#spool = service.config.queue_directory;
    this.#path = `${this.#spool}/${unfinishedDirectory}/${service.unfinishedName()}`;
    this.#created = os.now();
    this.queueId = formatQueueId(os.epochUs(), os.files.inode(this.#path), this.#config.long_queue_ids);
  }

  addRecipient(recipient: MailRecipient): void {
    this.#recipients.push(recipient);
  }

  abandon(): void {
    this.#os.files.remove(this.#path);
  }

  *finish(content: readonly Uint8Array[]): Proc<CleanupResult> {
    const envelope = this.#envelope;
    if (!this.#service.takeToken()) yield* this.#os.sleepUntil(this.#os.now() + this.#config.in_flow_delay);
    const sender = yield* this.#mapSender();
    if (sender === null) return this.#refuse(refusals.queue);
    const message = scanMessage(content);
    const edits = this.#droppedFields(message);
    const messageId = this.#addFields(message, sender);
    this.#log(`message-id=${messageId}`);
    if (receivedCount(message) >= this.#config.hopcount_limit) {
      this.#warn('message rejected: hopcount exceeded');
      return this.#refuse(refusals.hops);
    }
    if (envelope.client.source === 'LOCAL') {
      const map = (role: HeaderRole, address: string) => this.#mapHeaderAddress(role, address);
      const { rewriteHeaderAddresses } = yield* lateCode(this.#os);
      if (!(yield* rewriteHeaderAddresses(message, edits, map))) return this.#refuse(refusals.queue);
    }
    const { checks } = this.#config;
    const isChecked = checks !== null && !envelope.noHeaderBodyChecks;
    const verdict = isChecked ? yield* this.#check(checks, message) : noVerdict;
    if (verdict.failed) return this.#refuse(refusals.queue);
    if (verdict.reject !== '') return this.#refuse(refusal(verdict.reject));
    if (verdict.edits.size > 0) for (const [field, edit] of verdict.edits) edits.set(field, edit);
    normalizeFields(message, edits);
    const pieces = assemble(message, edits);
    let size = 0;
    for (const piece of pieces) size += piece.length;
    const limit = this.#config.message_size_limit;
    if (limit > 0 && size > limit) return this.#refuse(refusals.size);
    const list = yield* this.#mapRecipients(sender, verdict);
    if (list === null) return this.#refuse(refusals.queue);
    const recipients = list.all;
    if (recipients.length === 0) return this.#refuse(refusals.recipients);
    const file = this.#file({ sender, recipients, size, verdict });
    if (limit > 0 && mayExceed(limit, file) && (yield* this.#octets(file, pieces)) > limit) {
      this.#warn('queue file size limit exceeded');
      return this.#refuse(refusals.size);
    }
    if (verdict.discard || envelope.discard) {
      this.abandon();
      return ok;
    }
    this.#os.files.write(this.#path, encodeQueueFile(file, pieces));
    list.trace(this.#os.files, this.#spool, this.queueId);
    yield* this.#os.files.fsync(this.#path);
    this.#announce({ sender, recipients, size, messageId, held: verdict.hold || envelope.hold });
    return ok;
  }

  #refuse(result: CleanupResult): CleanupResult {
    this.abandon();
    return result;
  }

  // @returns null when a table does not answer
  *#mapSender(): Proc<string | null> {
    const sender = this.#service.rewrite(this.#envelope.sender);
    return sender !== '' && this.#isMapped('envelope_sender')
      ? yield* this.#map('envelope_sender', sender)
      : sender;
  }

  // message_drop_headers
  #droppedFields({ fields }: ScannedMessage): Map<HeaderLine, string> {
    const edits = new Map<HeaderLine, string>();
    const dropped = this.#config.message_drop_headers;
    for (const field of fields) if (dropped.includes(field.name)) edits.set(field, '');
    return edits;
  }

  // Puts what is missing behind the header fields. @returns the message's id
  #addFields(message: ScannedMessage, sender: string): string {
    const { always_add_missing_headers, myhostname, undisclosed_recipients_header, long_queue_ids } =
      this.#config;
    const { client } = this.#envelope;
    let messageId = '';
    let resentId = '';
    for (const field of message.fields)
      if (field.name === 'message-id' && messageId === '') messageId = fieldValue(message, field);
      else if (field.name === 'resent-message-id') resentId = fieldValue(message, field);
    if (client.source === 'LOCAL' || always_add_missing_headers) {
      const isResent = message.fields.some(({ name }) => name.startsWith('resent-'));
      const prefix = isResent ? 'Resent-' : '';
      const lacks = (name: string): boolean => !hasField(message, isResent ? `resent-${name}` : name);
      const now = this.#os.epochUs();
      let added = '';
      if (lacks('message-id')) {
        const stamp = long_queue_ids ? '' : `${formatCompactStamp(now)}.`;
        const fresh = `<${stamp}${this.queueId}@${myhostname}>`;
        added += `${prefix}Message-Id: ${fresh}\r\n`;
        if (isResent) resentId = fresh;
        else messageId = fresh;
      }
      if (lacks('date')) added += `${prefix}Date: ${formatDate(now)}\r\n`;
      if (lacks('from')) added += `${prefix}From: ${formatFrom(sender, this.#envelope.fullName ?? '')}\r\n`;
      if (undisclosed_recipients_header !== '' && !recipientFields.some((name) => hasField(message, name)))
        added += `${undisclosed_recipients_header}\r\n`;
      message.added = added;
    }
    if (resentId !== '') this.#log(`resent-message-id=${resentId}`);
    return messageId === '' ? '<>' : messageId;
  }

  // header_checks and the like
  *#check(checks: ContentTables, message: ScannedMessage): Proc<Verdict> {
    const { client, sender } = this.#envelope;
    const first = this.#recipients[0]?.address ?? '';
    const envelope = `from=<${shownAddress(sender)}> to=<${shownAddress(first)}>`;
    const origin = `from ${client.name}[${client.address}]; ${envelope}`;
    const greeting = ` proto=${client.protocol} helo=<${client.helo}>`;
    const log = (said: string): void => this.#log(said);
    const { checkContent } = yield* lateCode(this.#os);
    return yield* checkContent(this.#os, { ...checks, origin, greeting, log }, message);
  }

  *#mapHeaderAddress(role: HeaderRole, address: string): Proc<string | null> {
    const complete = this.#service.rewrite(address);
    return this.#isMapped(role) ? yield* this.#map(role, complete) : complete;
  }

  #isMapped(role: AddressRole): boolean {
    const { canonical, masquerade } = this.#config;
    return !this.#envelope.noAddressMappings && (canonical[role].length > 0 || masquerade[role] !== null);
  }

  // @returns null when a table does not answer
  *#map(role: AddressRole, address: string): Proc<string | null> {
    const { canonical, masquerade } = this.#config;
    const rules = { canonical: canonical[role], masquerade: masquerade[role] };
    const mapped = yield* mapAddress(this.#os, this.#service, rules, address);
    if (typeof mapped === 'string') return mapped;
    this.#warn(mapped.why);
    return null;
  }

  *#mapRecipients(sender: string, verdict: Verdict): Proc<RecipientList | null> {
    const list = new RecipientList();
    const redirect = verdict.redirect || this.#envelope.redirect;
    const given = redirect === '' ? this.#recipients : [plainRecipient(redirect)];
    const copies = redirect === '' && this.#hasCopies(verdict) ? yield* this.#copies(sender, verdict) : [];
    if (copies === null) return null;
    const all = copies.length === 0 ? given : [...given, ...copies];
    for (const recipient of all) {
      const complete = this.#service.rewrite(recipient.address || this.#config.empty_address_recipient);
      const mapping = this.#envelope.noAddressMappings
        ? { from: complete, to: [complete] }
        : yield* this.#mapRecipient(complete);
      if (mapping === null) return null;
      list.add(recipient, mapping);
    }
    return list;
  }

  *#mapRecipient(address: string): Proc<{ from: string; to: string[] } | null> {
    const { virtual_alias } = this.#config;
    const from = this.#isMapped('envelope_recipient')
      ? yield* this.#map('envelope_recipient', address)
      : address;
    if (from === null) return null;
    if (virtual_alias === null) return { from, to: [from] };
    const expanded = yield* expandAliases(this.#os, this.#service, virtual_alias, from);
    if (Array.isArray(expanded)) return { from, to: expanded };
    this.#warn(expanded.why);
    return null;
  }

  #hasCopies({ bcc }: Verdict): boolean {
    const { always_bcc, sender_bcc_maps, recipient_bcc_maps } = this.#config;
    if (this.#envelope.noAddressMappings || this.#envelope.noCopies) return false;
    return bcc.length > 0 || always_bcc !== '' || sender_bcc_maps !== null || recipient_bcc_maps !== null;
  }

  // always_bcc, sender_bcc_maps, recipient_bcc_maps, BCC actions; never for mail without address mappings.
  *#copies(sender: string, verdict: Verdict): Proc<MailRecipient[] | null> {
    const { always_bcc, sender_bcc_maps, recipient_bcc_maps } = this.#config;
    const copies = [...verdict.bcc];
    if (always_bcc !== '') copies.push(always_bcc);
    if (sender_bcc_maps !== null && !(yield* this.#copy(sender_bcc_maps, sender, copies))) return null;
    if (recipient_bcc_maps !== null)
      for (const { address } of this.#recipients)
        if (!(yield* this.#copy(recipient_bcc_maps, address, copies))) return null;
    return copies.map((address) => plainRecipient(address, 'NEVER'));
  }

  *#copy(tables: LookupTables, key: string, copies: string[]): Proc<boolean> {
    const answer = yield* tables.lookupAddress(this.#os, key);
    if (answer.kind === 'found') copies.push(answer.value);
    return answer.kind !== 'try-again';
  }

  *#octets(file: QueueFile, pieces: readonly Uint8Array[]): Proc<number> {
    const { fileOctets } = yield* lateCode(this.#os);
    return fileOctets(file, pieces, this.#config.line_length_limit);
  }

  #file(of: {
    sender: string;
    recipients: readonly Omit<RequestRecipient, 'index'>[];
    size: number;
    verdict: Verdict;
  }): QueueFile {
    const { arrived, encoding, envelopeId, returnContent, smtpUtf8, client, filter, server } = this.#envelope;
    const { sender, recipients, size, verdict } = of;
    return {
      sender,
      recipients,
      size,
      arrived,
      created: this.#created,
      encoding,
      envelopeId,
      returnContent,
      smtpUtf8,
      client,
      server: server ?? '',
      submitter: '',
      fullName: '',
      isProbe: this.#envelope.isProbe === true,
      filter: verdict.filter || filter,
    };
  }

  #announce(file: {
    sender: string;
    recipients: readonly { address: string }[];
    size: number;
    messageId: string;
    held: boolean;
  }): void {
    const os = this.#os;
    const to: QueueName = file.held ? 'hold' : 'incoming';
    os.files.rename(this.#path, `${this.#spool}/${to}/${this.queueId}`);
    const { queueId } = this;
    os.trace({
      kind: 'queue.message-entered',
      queueId,
      sender: file.sender,
      bytes: file.size,
      messageId: file.messageId,
      recipients:
        file.recipients.length === 1
          ? file.recipients[0]!.address
          : file.recipients.map(({ address }) => address).join('\n'),
    });
    os.trace({ kind: 'queue.file-moved', queueId, from: '', to });
    if (!file.held) this.#service.wake();
  }

  #log(text: string): void {
    this.#service.processOs().log(cleanupIdent, `${this.queueId}: ${text}`);
  }

  #warn(why: string): void {
    this.#service.processOs().log(cleanupIdent, `warning: ${this.queueId}: ${why}`);
  }
}

// RFC 5321 §6.3: a message with too many Received: fields, ours included, is in a loop.
function receivedCount({ fields }: ScannedMessage): number {
  let count = 0;
  for (const { name } of fields) if (name === 'received') count++;
  return count;
}

const recipientFields = Object.freeze(['to', 'cc', 'resent-to', 'resent-cc']);

function hasField({ fields }: ScannedMessage, wanted: string): boolean {
  for (const { name } of fields) if (name === wanted) return true;
  return false;
}

// "5.7.1 reason" → a reply
function refusal(text: string): CleanupResult {
  const [, dsn, reason] = /^(\S+)\s+([\s\S]*)$/.exec(text)!;
  return { kind: 'refused', code: 550, dsn: dsn!, text: reason! };
}

const ok: CleanupResult = Object.freeze({ kind: 'ok' });
const cleanupIdent = 'postfix/cleanup';
