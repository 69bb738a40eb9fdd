/**
 * cleanup — canonicalize a message and enter it into the incoming queue
 *
 * Adds missing header fields, completes and maps the envelope's addresses, expands aliases, writes one queue
 * file and wakes qmgr(8). When finish() says ok the file is on disk: a crash does not lose it.
 *
 * SIMPLIFIED: runs in the proc of the program that enters the message, where the real one is a process behind
 * a socket; its log lines bear the pid of the cleanup process all the same. The unfinished file is in a
 * directory of its own, where the real one marks it by file permissions. header_checks are applied to the
 * whole message at its end. in_flow_delay is idle: the real one pauses up to that long per message while mail
 * comes in faster than qmgr(8) takes it; here the queue manager keeps up with whatever comes.
 *
 * STANDARDS  RFC 5321 §4.4 (trace fields), §6.3 (loops), RFC 5322 §3.6 (required fields)
 * ERRORS     the reply that smtpd gives: 451 4.3.0 tables or queue, 552 5.3.4 size, 554 5.4.0 hops, 550
 *            content
 * SEE ALSO   queue-file.ts, header-work.ts, map-addresses.ts, cleanup(8)
 */
import { formatCompactStamp, formatDate } from '../../../protocols/message/date.ts';

import type { Os, Proc, QueueName } from '../../../os/os.ts';

import type { RequestRecipient } from '../delivery/request.ts';
import type { LookupTables } from '../maps/lookup-table.ts';
import type { Parameters } from '../parameters.ts';

import { checkContent, emptyVerdict, type Verdict } from './content-checks.ts';
import { rewriteHeaderAddresses, type HeaderRole } from './header-addresses.ts';
import { assemble, fieldValue, scanMessage, type HeaderLine, type ScannedMessage } from './header-work.ts';
import type { CleanupResult, MailEnvelope, MailRecipient, MailStream } from './mail-stream.ts';
import { expandAliases, mapCanonical } from './map-addresses.ts';
import { encodeQueueFileStart, queueFileEnd } from './queue-file.ts';

/** What cleanup needs of its instance. */
export interface CleanupService {
  readonly parameters: Parameters;
  /** of the cleanup process: its log lines */
  readonly os: Os;
  tables(value: string): LookupTables;
  rewrite(address: string): string;
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
  readonly #os: Os;
  readonly #envelope: MailEnvelope;
  readonly #spool: string;
  readonly #path: string;
  readonly #recipients: MailRecipient[] = [];

  constructor(service: CleanupService, os: Os, envelope: MailEnvelope) {
    this.#service = service;
    this.#os = os;
    this.#envelope = envelope;
    this.#spool = service.parameters.text('queue_directory');
    this.#path = `${this.#spool}/${unfinishedDirectory}/${service.unfinishedName()}`;
    this.queueId = formatQueueId(os.epochUs(), os.files.inode(this.#path));
  }

  addRecipient(recipient: MailRecipient): void {
    this.#recipients.push(recipient);
  }

  abandon(): void {
    this.#os.files.remove(this.#path);
  }

  *finish(content: readonly Uint8Array[]): Proc<CleanupResult> {
    const result = yield* this.#enter(content);
    if (result.kind !== 'ok') this.abandon();
    return result;
  }

  *#enter(content: readonly Uint8Array[]): Proc<CleanupResult> {
    const { parameters, os } = this.#service;
    const message = scanMessage(content);
    const { edits, added, messageId } = this.#headerWork(message);
    os.log(cleanupIdent, `${this.queueId}: message-id=${messageId}`);
    if (this.#hops(message) >= parameters.number('hopcount_limit')) {
      os.log(cleanupIdent, `warning: ${this.queueId}: message rejected: hopcount exceeded`);
      return refusals.hops;
    }
    const isOurs = this.#envelope.client.source === 'LOCAL';
    const map = (role: HeaderRole, address: string) => this.#mapHeaderAddress(role, address);
    if (isOurs && !(yield* rewriteHeaderAddresses(message, edits, map))) return refusals.queue;
    const verdict = this.#envelope.noHeaderBodyChecks ? emptyVerdict() : yield* this.#check(message);
    if (verdict.failed) return refusals.queue;
    if (verdict.reject !== '') return refusal(verdict.reject);
    for (const [field, edit] of verdict.edits) edits.set(field, edit);
    const pieces = assemble(message, edits, added);
    const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const limit = parameters.number('message_size_limit');
    if (limit > 0 && size > limit) return refusals.size;
    const sender = yield* this.#mapSender();
    if (sender === null) return refusals.queue;
    const recipients = yield* this.#mapRecipients(sender, verdict);
    if (recipients === null) return refusals.queue;
    if (recipients.length === 0) return refusals.recipients;
    if (verdict.discard || this.#envelope.discard) {
      this.abandon();
      return ok;
    }
    yield* this.#write({ sender, recipients, pieces, size, verdict });
    this.#announce({ sender, recipients, size, messageId, held: verdict.hold || this.#envelope.hold });
    return ok;
  }

  #headerWork(message: ScannedMessage): { edits: Map<HeaderLine, string>; added: string; messageId: string } {
    const { parameters } = this.#service;
    const edits = new Map<HeaderLine, string>();
    const dropped = parameters.list('message_drop_headers');
    const seen = new Set<string>();
    let messageId = '';
    for (const field of message.fields) {
      seen.add(field.name);
      if (field.name === 'message-id' && messageId === '') messageId = fieldValue(message, field);
      if (dropped.includes(field.name)) edits.set(field, '');
    }
    let added = '';
    if (this.#envelope.client.source === 'LOCAL' || parameters.bool('always_add_missing_headers')) {
      const resent = message.fields.some(({ name }) => name.startsWith('resent-'));
      const add = (name: string, value: string): void => {
        const actual = resent ? `Resent-${name}` : name;
        if (!seen.has(actual.toLowerCase())) added += `${actual}: ${value}\r\n`;
      };
      const now = this.#os.epochUs();
      const fresh = `<${formatCompactStamp(now)}.${this.queueId}@${parameters.text('myhostname')}>`;
      add('Message-Id', fresh);
      add('Date', formatDate(now));
      add(
        'From',
        this.#envelope.sender === '' ? `MAILER-DAEMON@${parameters.text('myorigin')}` : this.#envelope.sender,
      );
      if (messageId === '') messageId = fresh;
      const undisclosed = parameters.text('undisclosed_recipients_header');
      if (undisclosed !== '' && !['to', 'cc', 'resent-to', 'resent-cc'].some((name) => seen.has(name)))
        added += `${undisclosed}\r\n`;
    }
    return { edits, added, messageId: messageId === '' ? '<>' : messageId };
  }

  // RFC 5321 §6.3: a message with too many Received: fields, ours included, is in a loop.
  #hops(message: ScannedMessage): number {
    return message.fields.reduce((sum, { name }) => sum + (name === 'received' ? 1 : 0), 0);
  }

  *#check(message: ScannedMessage): Proc<Verdict> {
    const { parameters, tables, os } = this.#service;
    const header = parameters.text('header_checks');
    const body = parameters.text('body_checks');
    if (header === '' && body === '') return emptyVerdict();
    const { client, sender } = this.#envelope;
    const first = this.#recipients[0]?.address ?? '';
    const context = `from ${client.name}[${client.address}]; from=<${sender}> to=<${first}>`;
    return yield* checkContent(
      this.#os,
      {
        header: tables(header),
        body: tables(body),
        bodyBytesMax: parameters.number('body_checks_size_limit'),
        log: (action, where, line, text) => {
          const tail = `${context} proto=${client.protocol} helo=<${client.helo}>`;
          const said = `${action}: ${where} ${line.slice(0, 200)} ${tail}`;
          os.log(cleanupIdent, `${this.queueId}: ${said}${text === '' ? '' : `: ${text}`}`);
        },
      },
      message,
    );
  }

  *#mapSender(): Proc<string | null> {
    const sender = this.#service.rewrite(this.#envelope.sender);
    if (sender === '' || this.#envelope.noAddressMappings) return sender;
    const once = yield* this.#canonical('sender_canonical_maps', 'envelope_sender', sender);
    return once === null ? null : yield* this.#canonical('canonical_maps', 'envelope_sender', once);
  }

  *#mapHeaderAddress(role: HeaderRole, address: string): Proc<string | null> {
    const complete = this.#service.rewrite(address);
    if (this.#envelope.noAddressMappings) return complete;
    const own = role === 'header_sender' ? 'sender_canonical_maps' : 'recipient_canonical_maps';
    const once = yield* this.#canonical(own, role, complete);
    return once === null ? null : yield* this.#canonical('canonical_maps', role, once);
  }

  *#mapRecipients(sender: string, verdict: Verdict): Proc<Omit<RequestRecipient, 'index'>[] | null> {
    const recipients: Omit<RequestRecipient, 'index'>[] = [];
    const seen = new Set<string>();
    const redirect = verdict.redirect || this.#envelope.redirect;
    const given = redirect === '' ? this.#recipients : [plainRecipient(redirect)];
    const copies = redirect === '' ? yield* this.#copies(sender, verdict) : [];
    if (copies === null) return null;
    for (const recipient of [...given, ...copies]) {
      const addresses = yield* this.#mapRecipient(recipient.address);
      if (addresses === null) return null;
      const originalAddress = recipient.originalAddress || recipient.address;
      const dsnOriginalRecipient = recipient.dsnOriginalRecipient || `rfc822;${originalAddress}`;
      for (const address of addresses) {
        const key = `${address}\n${originalAddress}\n${dsnOriginalRecipient}\n${recipient.notify}`;
        if (seen.has(key)) continue;
        seen.add(key);
        recipients.push({ address, originalAddress, dsnOriginalRecipient, notify: recipient.notify });
      }
    }
    return recipients;
  }

  *#mapRecipient(address: string): Proc<string[] | null> {
    const { parameters, tables, rewrite } = this.#service;
    let current: string | null = rewrite(
      address === '' ? parameters.text('empty_address_recipient') : address,
    );
    if (this.#envelope.noAddressMappings) return [current];
    current = yield* this.#canonical('recipient_canonical_maps', 'envelope_recipient', current);
    if (current !== null) current = yield* this.#canonical('canonical_maps', 'envelope_recipient', current);
    if (current === null) return null;
    const aliases = parameters.text('virtual_alias_maps');
    if (aliases === '') return [current];
    const limits = {
      tables: tables(aliases),
      expansionMax: parameters.number('virtual_alias_expansion_limit'),
      recursionMax: parameters.number('virtual_alias_recursion_limit'),
    };
    const expanded = yield* expandAliases(this.#os, { rewrite }, limits, current);
    if (Array.isArray(expanded)) return expanded;
    this.#warn(expanded.why);
    return null;
  }

  *#canonical(
    name: string,
    use: 'envelope_sender' | 'envelope_recipient' | HeaderRole,
    address: string,
  ): Proc<string | null> {
    const { parameters, tables, rewrite } = this.#service;
    const value = parameters.text(name);
    if (value === '' || !parameters.list(name.replace('_maps', '_classes')).includes(use)) return address;
    const mapped = yield* mapCanonical(this.#os, { rewrite }, { tables: tables(value), name }, address);
    if (typeof mapped === 'string') return mapped;
    this.#warn(mapped.why);
    return null;
  }

  // always_bcc, sender_bcc_maps, recipient_bcc_maps, BCC actions; never for mail without address mappings.
  *#copies(sender: string, verdict: Verdict): Proc<MailRecipient[] | null> {
    const { parameters, tables } = this.#service;
    if (this.#envelope.noAddressMappings || this.#envelope.noCopies) return [];
    const copies = [...verdict.bcc];
    const always = parameters.text('always_bcc');
    if (always !== '') copies.push(always);
    const lookups = [
      { maps: parameters.text('sender_bcc_maps'), keys: [sender] },
      { maps: parameters.text('recipient_bcc_maps'), keys: this.#recipients.map(({ address }) => address) },
    ];
    for (const { maps, keys } of lookups) {
      if (maps === '') continue;
      for (const key of keys) {
        const answer = yield* tables(maps).lookupAddress(this.#os, key);
        if (answer.kind === 'try-again') return null;
        if (answer.kind === 'found') copies.push(answer.value);
      }
    }
    return copies.map(plainRecipient);
  }

  *#write(file: {
    sender: string;
    recipients: readonly Omit<RequestRecipient, 'index'>[];
    pieces: readonly Uint8Array[];
    size: number;
    verdict: Verdict;
  }): Proc<void> {
    const { files } = this.#os;
    const { arrived, encoding, envelopeId, returnContent, smtpUtf8, client, filter } = this.#envelope;
    const { sender, recipients, size, verdict } = file;
    const start = encodeQueueFileStart({
      sender,
      recipients,
      size,
      arrived,
      encoding,
      envelopeId,
      returnContent,
      smtpUtf8,
      client,
      filter: verdict.filter || filter,
    });
    files.write(this.#path, start);
    for (const piece of file.pieces) files.append(this.#path, piece);
    files.append(this.#path, queueFileEnd());
    yield* files.fsync(this.#path);
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
      recipients: file.recipients.map(({ address }) => address).join('\n'),
    });
    os.trace({ kind: 'queue.file-moved', queueId, from: '', to });
    if (!file.held) this.#service.wake();
  }

  #warn(why: string): void {
    this.#service.os.log(cleanupIdent, `warning: ${this.queueId}: ${why}`);
  }
}

/** Short queue ids: the microsecond of the second, and the inode. */
export function formatQueueId(epochUs: number, inode: number): string {
  return (epochUs % 1_000_000).toString(16).padStart(5, '0').toUpperCase() + inode.toString(16).toUpperCase();
}

function plainRecipient(address: string): MailRecipient {
  return { address, originalAddress: address, dsnOriginalRecipient: '', notify: '' };
}

// "5.7.1 reason" → a reply
function refusal(text: string): CleanupResult {
  const [, dsn, reason] = /^(\S+)\s+([\s\S]*)$/.exec(text)!;
  return { kind: 'refused', code: 550, dsn: dsn!, text: reason! };
}

const ok: CleanupResult = Object.freeze({ kind: 'ok' });
const cleanupIdent = 'postfix/cleanup';
