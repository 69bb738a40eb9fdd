/**
 * fold — all mails of a run: who they are, where they lay, how they were carried, and what happened to them
 */
import type { EventId, TraceEvent, TraceKind, VirtualTime, World } from '../../../workers/api.ts';
import * as ascii from '../../../workers/bytes/ascii.ts';

import type { Names } from '../../decode/names.ts';
import type { Fold, FoldContext } from '../../sim/fold.ts';

import {
  Flows,
  headerField,
  type Arrived,
  type FlowEnds,
  type FlowListener,
  type Letter,
  type SegmentSent,
} from './flows.ts';
import type { Carriage, Mail, Stay } from './mail.ts';
import { Spans } from './spans.ts';
import { here, newMail, same, Teller } from './teller.ts';

export { currentMail, letterOf, placesAt } from './places.ts';

type Of<K extends TraceKind> = Extract<TraceEvent, { kind: K }>;
type Move = Of<'queue.file-moved'>;

const movesKeptMax = 64; // of one queue file, before its message is known
const filterReturnPort = 10025;
const mailPorts: readonly number[] = [24, 25, 465, 587, 7025, filterReturnPort];

export class MailsFold implements Fold, FlowListener {
  readonly kinds: ReadonlySet<TraceKind> = new Set<TraceKind>([
    'input.accepted',
    'mua.message-submitted',
    'mua.message-fetched',
    'mua.failed',
    'queue.message-entered',
    'queue.file-moved',
    'delivery.attempted',
    'mailbox.message-appended',
    'filter.judged',
    'lookup.answered',
    'log.line-written',
    'tcp.segment-sent',
    'tcp.segment-delivered',
    'tcp.state-changed',
  ]);
  readonly mails: Mail[] = [];
  /** mails on the wire */
  readonly carriages = new Spans<Carriage>();
  /** mails in a queue, with the filter, or not yet sent */
  readonly waiting = new Spans<Stay>();

  readonly #world: World;
  readonly #names: Names;
  readonly #flows: Flows;
  readonly #byMessageId = new Map<string, number>();
  readonly #byQueueId = new Map<string, number>();
  /** sent by a user agent, but without a Message-ID yet: host → mails */
  readonly #written = new Map<number, { mail: Mail; to: string }[]>();
  /** queue files that were removed; their ids may be used again */
  readonly #gone = new Set<string>();
  readonly #earlyMoves = new Map<string, Move[]>();
  /** notification's queue id → mail it reports on, where that is known before the notification is */
  readonly #reports = new Map<string, number>();
  /** the mail a host was last busy with */
  readonly #busyWith: number[] = [];
  readonly #teller = new Teller();

  constructor(context: FoldContext) {
    this.#world = context.world;
    this.#names = context.names;
    this.#flows = new Flows(context.names, this);
  }

  add(event: TraceEvent): void {
    switch (event.kind) {
      case 'tcp.segment-sent':
        return this.#flows.sent(event);
      case 'tcp.segment-delivered':
        return this.#flows.delivered(event.sent, event.at);
      case 'tcp.state-changed':
        return this.#flows.ended(event);
      case 'input.accepted':
        return this.#input(event);
      case 'mua.message-submitted':
        return this.#submitted(event);
      case 'mua.message-fetched':
        return this.#fetched(event);
      case 'mua.failed':
        return this.#failed(event);
      case 'queue.message-entered':
        return this.#entered(event);
      case 'queue.file-moved':
        return this.#moved(event);
      case 'delivery.attempted':
        return this.#attempted(event);
      case 'mailbox.message-appended':
        return this.#appended(event);
      case 'filter.judged':
        return this.#judged(event);
      case 'lookup.answered':
        return this.#looked(event);
      case 'log.line-written':
        return this.#logged(event);
      default:
    }
  }

  mailOfMessageId(messageId: string): Mail | null {
    return this.mails[this.#byMessageId.get(messageId) ?? -1] ?? null;
  }

  mailOfQueueId(hostIndex: number, queueId: string): Mail | null {
    return this.mails[this.#byQueueId.get(`${hostIndex}:${queueId}`) ?? -1] ?? null;
  }

  // ---- letters on the wire (FlowListener) -------------------------------------------------------------

  named(what: 'sender' | 'recipient', address: string, ends: FlowEnds, event: SegmentSent): void {
    const mail = this.#spokenOf(what, address, ends.fromHost);
    if (mail === null) return;
    this.#busyWith[ends.toHost] = mail.number;
    if (ends.fromHost === ends.toHost) return;
    this.#teller.tell(mail, event, ends, `${this.#names.short(ends.fromHost)} names the ${what}`);
  }

  letter(letter: Letter, ends: FlowEnds): Arrived {
    const mail = this.#mailOfLetter(letter, ends);
    const { fromHost, toHost, protocol } = ends;
    const { startAt: from, event } = letter;
    const carriage: Carriage = {
      mail: mail.number,
      event,
      fromHost,
      toHost,
      protocol,
      from,
      until: Infinity,
      lost: false,
    };
    mail.carriages.push(carriage);
    this.carriages.begin(carriage);
    this.#busyWith[toHost] = mail.number;
    const isLocal = fromHost === toHost;
    const isToFilter = isLocal && !mailPorts.includes(ends.port);
    this.#leave(mail, from, (stay) => stay.hostIndex === fromHost && leavesBy(stay, ends));
    const verb = protocol === 'imap' ? 'shows' : 'hands';
    const says = `${this.#names.short(fromHost)} ${verb} it to ${isToFilter ? 'the filter' : this.#names.short(toHost)}`;
    if (!isLocal || isToFilter) this.#teller.tell(mail, { at: from, id: event }, ends, says);
    return (at, lost = false) => {
      if (carriage.until !== Infinity) return;
      this.carriages.end(carriage, at);
      carriage.lost = lost;
      if (isToFilter && !lost) this.#stay(mail, { hostIndex: toHost, kind: 'filter', from: at, event });
    };
  }

  #mailOfLetter({ messageId, head, startAt, event }: Letter, { fromHost }: FlowEnds): Mail {
    const known = this.#byMessageId.get(messageId);
    if (known !== undefined) return this.mails[known]!;
    const waiting = this.#written.get(fromHost) ?? [];
    const to = headerField(head, 'to').toLowerCase();
    const found = Math.max(
      0,
      waiting.findIndex((written) => to.includes(written.to.toLowerCase())),
    );
    const mail = waiting.splice(found, 1)[0]?.mail ?? this.#newMail(startAt, event);
    this.#identify(mail, messageId);
    if (mail.subject === '') mail.subject = headerField(head, 'subject');
    return mail;
  }

  /** The mail a client means when it names an address: the one it wrote, or the one its host is busy with. */
  #spokenOf(what: 'sender' | 'recipient', address: string, host: number): Mail | null {
    const written = this.#written.get(host)?.[0]?.mail;
    if (written !== undefined && (what === 'recipient' || same(written.sender, address))) return written;
    const busy = this.mails[this.#busyWith[host] ?? -1];
    if (busy === undefined || (what === 'sender' && !same(busy.sender, address))) return null;
    return busy;
  }

  // ---- facts ------------------------------------------------------------------------------------------

  #input(event: Of<'input.accepted'>): void {
    if (!event.text.includes('"mua.send"')) return;
    const command = JSON.parse(event.text) as { user: string; to: string; subject: string };
    const mail = this.#newMail(event.at, event.id);
    mail.sender = command.user;
    mail.recipients = [command.to];
    mail.subject = command.subject;
    const waiting = this.#written.get(event.hostIndex) ?? [];
    waiting.push({ mail, to: command.to });
    this.#written.set(event.hostIndex, waiting);
    this.#busyWith[event.hostIndex] = mail.number;
    this.#stay(mail, {
      hostIndex: event.hostIndex,
      kind: 'user-agent',
      whose: command.user,
      from: event.at,
      event: event.id,
    });
    this.#teller.tell(mail, event, here(event.hostIndex), `${this.#person(command.user)} writes and sends`);
  }

  #submitted(event: Of<'mua.message-submitted'>): void {
    const mail = this.mailOfMessageId(event.messageId) ?? this.#written.get(event.hostIndex)?.shift()?.mail;
    if (mail === undefined) return;
    this.#identify(mail, event.messageId);
    if (mail.subject === '') mail.subject = event.subject;
    this.#leave(mail, event.at, (stay) => stay.kind === 'user-agent' && stay.hostIndex === event.hostIndex);
  }

  #failed(event: Of<'mua.failed'>): void {
    const waiting = this.#written.get(event.hostIndex);
    const mail = waiting?.find((written) => same(written.mail.sender, event.user))?.mail;
    if (mail === undefined || !/send|submit/.test(event.action)) return;
    waiting!.splice(
      waiting!.findIndex((written) => written.mail === mail),
      1,
    );
    this.#leave(mail, event.at, (stay) => stay.kind === 'user-agent');
    this.#teller.tell(mail, event, here(event.hostIndex), 'it could not be sent', 'fail');
  }

  #fetched(event: Of<'mua.message-fetched'>): void {
    const mail = this.mailOfMessageId(
      headerField(ascii.decode(event.content.subarray(0, 16_384)), 'message-id'),
    );
    if (mail === null) return;
    this.#stay(mail, {
      hostIndex: event.hostIndex,
      kind: 'user-agent',
      whose: event.user,
      from: event.at,
      event: event.id,
    });
    this.#teller.tell(mail, event, here(event.hostIndex), `${this.#person(event.user)} reads it`, 'ok');
  }

  #entered(event: Of<'queue.message-entered'>): void {
    const known = event.messageId === '' ? undefined : this.#byMessageId.get(event.messageId);
    const mail = known === undefined ? this.#claim(event) : this.mails[known]!;
    this.#identify(mail, event.messageId);
    const isFirst = !mail.stays.some((stay) => stay.kind === 'queue');
    if (isFirst) {
      mail.sender = event.sender;
      mail.recipients = event.recipients.split('\n');
      mail.bytes = event.bytes;
    }
    const key = `${event.hostIndex}:${event.queueId}`;
    this.#byQueueId.set(key, mail.number);
    this.#gone.delete(key);
    this.#busyWith[event.hostIndex] = mail.number;
    if (this.#reports.has(key)) mail.reportsOn = this.#reports.get(key)!;
    for (const move of this.#earlyMoves.get(key) ?? []) this.#move(mail, move);
    this.#earlyMoves.delete(key);
    const host = this.#names.short(event.hostIndex);
    this.#teller.tell(
      mail,
      event,
      here(event.hostIndex),
      event.sender === '' && isFirst ? `${host} reports back` : `${host} queues it`,
    );
  }

  /** A message of which no letter was seen: one sent here without a Message-ID yet, or a new one. */
  #claim(event: Of<'queue.message-entered'>): Mail {
    const waiting = this.#written.get(event.hostIndex);
    const found = waiting?.findIndex(({ mail }) => same(mail.sender, event.sender)) ?? -1;
    return found < 0 ? this.#newMail(event.at, event.id) : waiting!.splice(found, 1)[0]!.mail;
  }

  #moved(event: Move): void {
    const key = `${event.hostIndex}:${event.queueId}`;
    if (event.from === '' && this.#gone.delete(key)) this.#byQueueId.delete(key); // a new file with an old id
    if (event.to === '') this.#gone.add(key);
    const mail = this.mailOfQueueId(event.hostIndex, event.queueId);
    if (mail !== null) return this.#move(mail, event);
    const early = this.#earlyMoves.get(key) ?? [];
    if (event.to === '') this.#earlyMoves.delete(key);
    else if (early.length < movesKeptMax) this.#earlyMoves.set(key, [...early, event]);
  }

  #move(mail: Mail, { hostIndex, queueId, at, id, to }: Move): void {
    this.#leave(mail, at, (stay) => stay.queueId === queueId && stay.hostIndex === hostIndex);
    if (to === '') return;
    this.#stay(mail, { hostIndex, kind: 'queue', queue: to, queueId, from: at, event: id });
    if (to === 'active') this.#busyWith[hostIndex] = mail.number;
  }

  #attempted(event: Of<'delivery.attempted'>): void {
    const mail = this.mailOfQueueId(event.hostIndex, event.queueId);
    if (mail === null) return;
    const { at, id, hostIndex, queueId, recipient, relay, status, text } = event;
    mail.tries.push({ at, event: id, hostIndex, queueId, recipient, relay, status, text });
    const host = this.#names.short(hostIndex);
    if (status === 'deferred')
      this.#teller.tell(mail, event, here(hostIndex), `${host} must wait`, 'wait', `${id}`);
    else if (status !== 'sent')
      this.#teller.tell(mail, event, here(hostIndex), `${host} gives up`, 'fail', `${id}`);
  }

  #appended(event: Of<'mailbox.message-appended'>): void {
    const known = this.mailOfMessageId(event.messageId);
    const mail = known ?? this.#newMail(event.at, event.id);
    if (known === null) {
      this.#identify(mail, event.messageId);
      mail.sender = event.sender;
      mail.subject = event.subject;
      mail.recipients = [event.mailbox];
    }
    if (mail.subject === '') mail.subject = event.subject;
    this.#stay(mail, {
      hostIndex: event.hostIndex,
      kind: 'mailbox',
      whose: event.mailbox,
      from: event.at,
      event: event.id,
    });
    this.#teller.tell(
      mail,
      event,
      here(event.hostIndex),
      `in ${this.#person(event.mailbox)}’s mailbox`,
      'ok',
      event.mailbox,
    );
  }

  #judged(event: Of<'filter.judged'>): void {
    const mail = this.mailOfMessageId(event.messageId);
    if (mail !== null) this.#teller.tell(mail, event, here(event.hostIndex), 'the filter reads it');
  }

  #looked(event: Of<'lookup.answered'>): void {
    const mail = this.mails[this.#busyWith[event.hostIndex] ?? -1];
    if (mail === undefined) return;
    const host = this.#names.short(event.hostIndex);
    if (event.service === 'dns')
      this.#teller.tell(mail, event, { ...here(event.hostIndex), protocol: 'dns' }, `${host} asks DNS`);
    if (event.service === 'ldap')
      this.#teller.tell(
        mail,
        event,
        { ...here(event.hostIndex), protocol: 'ldap' },
        `${host} asks the directory`,
      );
  }

  #logged(event: Of<'log.line-written'>): void {
    const match = /^([0-9A-Za-z]+): sender [a-z -]*notification: ([0-9A-Za-z]+)$/.exec(event.text);
    if (match === null) return;
    const about = this.mailOfQueueId(event.hostIndex, match[1]!);
    if (about === null) return;
    const report = this.mailOfQueueId(event.hostIndex, match[2]!);
    if (report !== null) report.reportsOn = about.number;
    else this.#reports.set(`${event.hostIndex}:${match[2]!}`, about.number);
  }

  // ---- inside -----------------------------------------------------------------------------------------

  #newMail(firstSeen: VirtualTime, firstEvent: EventId): Mail {
    const mail = newMail(this.mails.length, firstSeen, firstEvent);
    this.mails.push(mail);
    return mail;
  }

  #identify(mail: Mail, messageId: string): void {
    if (messageId === '' || mail.messageId !== '') return;
    mail.messageId = messageId;
    this.#byMessageId.set(messageId, mail.number);
  }

  #stay(mail: Mail, stay: Partial<Stay> & Pick<Stay, 'hostIndex' | 'kind' | 'from' | 'event'>): void {
    const begun: Stay = { mail: mail.number, queue: '', queueId: '', whose: '', until: Infinity, ...stay };
    mail.stays.push(begun);
    const isRead = stay.kind === 'user-agent' && mail.stays.length > 1;
    if (stay.kind !== 'mailbox' && !isRead) this.waiting.begin(begun);
  }

  #leave(mail: Mail, at: VirtualTime, which: (stay: Stay) => boolean): void {
    for (const stay of mail.stays) if (stay.until === Infinity && which(stay)) this.waiting.end(stay, at);
  }

  #person(address: string): string {
    const name = address.split('@')[0]!.toLowerCase();
    const person = this.#world.people.find(
      (someone) => same(someone.address, address) || someone.name.toLowerCase() === name,
    );
    return person?.name ?? address;
  }
}

function leavesBy(stay: Stay, ends: FlowEnds): boolean {
  if (ends.protocol === 'imap') return false;
  return stay.kind === 'user-agent' || (stay.kind === 'filter' && ends.port === filterReturnPort);
}
