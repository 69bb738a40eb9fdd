/**
 * story — the letters of a run, as the start page tells of them: sent, under way, waiting, arrived, read
 *
 * From the trace alone. A letter begins with the input that sent it; it is known by its Message-ID from the moment the
 * user agent says so, and by a queue id on every host that holds it.
 */
import type { EventId, InputCommand, TraceEvent, TraceKind, VirtualTime } from '../../../workers/api.ts';

import type { Fold, FoldContext } from '../../sim/fold.ts';

export interface Letter {
  number: number;
  from: string;
  to: string;
  subject: string;
  sentAt: VirtualTime;
  messageId: string;
  /** what happened to it, in order; each can be asked why */
  steps: { event: EventId; at: VirtualTime }[];
  /** where it lies in the recipient's mailbox */
  arrived: { at: VirtualTime; event: EventId; hostIndex: number; uid: number } | null;
  listedAt: VirtualTime;
  read: { at: VirtualTime; event: EventId } | null;
  /** host and queue id of the last queue file that holds it */
  queueFiles: { hostIndex: number; queueId: string; at: VirtualTime }[];
  failed: { at: VirtualTime; text: string } | null;
}

type Sending = Extract<InputCommand, { kind: 'mua.send' }>;

export class StoryFold implements Fold {
  readonly kinds: ReadonlySet<TraceKind> = new Set<TraceKind>([
    'input.accepted',
    'mua.message-submitted',
    'mua.failed',
    'mua.mailbox-listed',
    'mua.message-fetched',
    'queue.message-entered',
    'delivery.attempted',
    'filter.judged',
    'lookup.answered',
    'mailbox.message-appended',
    'retry.scheduled',
  ]);
  readonly letters: Letter[] = [];
  readonly #context: FoldContext;
  /** steps of a Message-ID not yet known to be a letter's */
  readonly #early = new Map<string, TraceEvent[]>();
  readonly #byMessageId = new Map<string, Letter>();
  readonly #byQueueFile = new Map<string, Letter>();

  constructor(context: FoldContext) {
    this.#context = context;
  }

  add(event: TraceEvent): void {
    switch (event.kind) {
      case 'input.accepted':
        return this.#accepted(event.text, event);
      case 'mua.message-submitted':
        return this.#submitted(event);
      case 'mua.failed': {
        const letter = this.letters.findLast((one) => one.from === event.user && one.messageId === '');
        if (letter === undefined || event.action === 'fetch') return;
        letter.failed = { at: event.at, text: event.text };
        letter.steps.push({ event: event.id, at: event.at });
        return;
      }
      case 'mua.mailbox-listed': {
        const letter = this.#awaited(event.user);
        if (letter !== undefined && letter.listedAt === Infinity) {
          letter.listedAt = event.at;
          letter.steps.push({ event: event.id, at: event.at });
        }
        return;
      }
      case 'mua.message-fetched': {
        const letter = this.letters.findLast((one) => one.to === event.user && one.arrived?.uid === event.uid);
        if (letter === undefined || letter.read !== null) return;
        letter.read = { at: event.at, event: event.id };
        letter.steps.push({ event: event.id, at: event.at });
        return;
      }
      case 'queue.message-entered':
      case 'filter.judged':
      case 'mailbox.message-appended':
        return this.#ofMessageId(event.messageId, event);
      case 'delivery.attempted':
      case 'retry.scheduled': {
        const letter = this.#byQueueFile.get(`${event.hostIndex} ${event.queueId}`);
        if (event.kind === 'delivery.attempted') letter?.steps.push({ event: event.id, at: event.at });
        return;
      }
      case 'lookup.answered': {
        const letter = this.letters.at(-1);
        if (letter !== undefined && letter.arrived === null && event.result === 'found')
          letter.steps.push({ event: event.id, at: event.at });
        return;
      }
      default:
    }
  }

  /** The letter sent last at or before the cursor. */
  lastAt(at: VirtualTime): Letter | null {
    return this.letters.findLast((letter) => letter.sentAt <= at) ?? null;
  }

  #accepted(text: string, event: TraceEvent): void {
    const command = JSON.parse(text) as InputCommand;
    if (command.kind !== 'mua.send') return;
    this.letters.push(newLetter(this.letters.length, command, event));
  }

  #submitted(event: Extract<TraceEvent, { kind: 'mua.message-submitted' }>): void {
    const letter = this.letters.find(
      (one) => one.messageId === '' && one.from === event.user && one.subject === event.subject && one.failed === null,
    );
    if (letter === undefined) return;
    letter.messageId = event.messageId;
    this.#byMessageId.set(event.messageId, letter);
    for (const early of this.#early.get(event.messageId) ?? []) this.#step(letter, early);
    this.#early.delete(event.messageId);
    letter.steps.push({ event: event.id, at: event.at });
    letter.steps.sort((a, b) => a.at - b.at);
  }

  #ofMessageId(messageId: string, event: TraceEvent): void {
    const letter = this.#byMessageId.get(messageId);
    if (letter !== undefined) return this.#step(letter, event);
    const early = this.#early.get(messageId);
    if (early === undefined) this.#early.set(messageId, [event]);
    else early.push(event);
  }

  #step(letter: Letter, event: TraceEvent): void {
    letter.steps.push({ event: event.id, at: event.at });
    if (event.kind === 'queue.message-entered') {
      const { hostIndex, queueId, at } = event;
      letter.queueFiles.push({ hostIndex, queueId, at });
      this.#byQueueFile.set(`${hostIndex} ${queueId}`, letter);
    }
    if (event.kind !== 'mailbox.message-appended') return;
    const { at, id, hostIndex, uid } = event;
    letter.arrived ??= { at, event: id, hostIndex, uid };
  }

  #awaited(user: string): Letter | undefined {
    return this.letters.findLast((one) => one.to === user && one.arrived !== null && one.read === null);
  }

  /** Full name of a host, for sentences. */
  hostName(hostIndex: number): string {
    return this.#context.names.short(hostIndex);
  }
}

function newLetter(number: number, command: Sending, event: TraceEvent): Letter {
  return {
    number,
    from: command.user,
    to: command.to,
    subject: command.subject,
    sentAt: event.at,
    messageId: '',
    steps: [{ event: event.id, at: event.at }],
    arrived: null,
    listedAt: Infinity,
    read: null,
    queueFiles: [],
    failed: null,
  };
}
