/**
 * deliveries — the active messages' entries on their way: into the scheduler, out to the agents, back with a
 * result
 */
import type { Os, Proc, VirtualTime } from '../../../os/os.ts';

import type { AgentPool } from '../delivery/agent-pool.ts';
import type { DeliveryReply, DeliveryRequest } from '../delivery/request.ts';

import { lateCode } from '../late.ts';

import type { Destination } from './destination.ts';
import { batches, groupRecipients, keyOf, type ActiveMessage, type Route } from './message.ts';
import { Scheduler, type Entry, type Trouble } from './scheduler.ts';
import type { QmgrConfig } from './state.ts';

const onlyFirst: readonly number[] = Object.freeze([0]);

export class Deliveries {
  readonly #config: QmgrConfig;
  readonly #scheduler: Scheduler<ActiveMessage>;
  /** deliveries under way, by ticket */
  readonly #underWay = new Map<number, Entry<ActiveMessage>>();
  /** agents asked for already, by transport */
  readonly #agents = new Map<string, AgentPool | null>();
  readonly #recipientLimitOf = (transport: string): number =>
    this.#scheduler.transport(transport).limits.destination_recipient_limit;
  /** a destination that has more than a fifth of the active queue */
  #crowded: Destination<ActiveMessage> | null = null;
  #ticketLast = 0;
  #retryFor: Trouble | null = null;
  #retryNexthop = '';

  constructor(config: QmgrConfig) {
    this.#config = config;
    const { limitsOf, params } = config;
    this.#scheduler = new Scheduler({
      limitsOf,
      hasAgent: (transport) => this.#agentsOf(transport)!.hasRoom,
      suspendUs: params.minimal_backoff_time,
    });
  }

  /**
   * Resolves the message's recipients and queues them by destination.
   * @param active messages in the active queue, this one too
   */
  *add(os: Os, message: ActiveMessage, active: number): Proc<void> {
    if (message.envelope.forceExpire) {
      const all = message.envelope.recipients.map((_, index) => index);
      this.#retry(message, all, { dsn: '4.7.0', reason: 'message is administratively expired' }, '');
      return;
    }
    const routes: Route[] = [];
    const { recipients } = message.envelope;
    for (let i = 0; i < recipients.length; i++) {
      const { address } = recipients[i]!;
      routes.push(yield* this.#config.queue.resolve(address, message.envelope));
    }
    os.because(message.activated);
    if (routes.length === 1) this.#enqueue(message, routes[0]!, onlyFirst);
    else
      for (const { route, recipients } of groupRecipients(routes, this.#recipientLimitOf))
        this.#enqueue(message, route, recipients);
    if (this.#crowded !== null) yield* this.#warnOfClog(os, this.#crowded, active);
  }

  *#warnOfClog(os: Os, destination: Destination<ActiveMessage>, active: number): Proc<void> {
    const { qmgr_clog_warn_time, qmgr_message_active_limit: activeMax } = this.#config.params;
    this.#crowded = null;
    if (qmgr_clog_warn_time === 0 || os.now() < destination.clogWarnAt) return;
    destination.clogWarnAt = os.now() + qmgr_clog_warn_time;
    const waiting = destination.peers.size + destination.busy;
    (yield* lateCode(os)).warnOfClog(os, destination, { waiting, active, activeMax });
  }

  #enqueue(message: ActiveMessage, route: Route, recipients: readonly number[]): void {
    const transport = this.#scheduler.transport(route.transport);
    if (this.#agentsOf(transport.name) === null)
      return this.#retry(message, recipients, { dsn: '4.3.0', reason: 'mail transport unavailable' }, '');
    if (!message.flushed && this.#config.params.defer_transports.includes(transport.name))
      return this.#retry(message, recipients, { dsn: '4.3.2', reason: 'deferred transport' }, '');
    const limit = transport.limits.destination_recipient_limit;
    const destination = this.#scheduler.destination(transport, keyOf(route, limit), route.nexthop);
    if (destination.dead !== null) return this.#retry(message, recipients, destination.dead);
    const entries: Entry<ActiveMessage>[] = [];
    for (const batch of batches(recipients, limit)) entries.push({ message, destination, recipients: batch });
    message.pending += entries.length;
    this.#scheduler.add(entries, message.active);
    const waiting = destination.peers.size + destination.busy;
    if (waiting > this.#config.params.qmgr_message_active_limit / 5) this.#crowded = destination;
  }

  /** Gives agents what may be delivered now. */
  handOut(os: Os): void {
    const now = os.now();
    for (let entry = this.#scheduler.next(now); entry !== null; entry = this.#scheduler.next(now)) {
      const pool = this.#agentsOf(entry.destination.transport.name)!;
      const ticket = ++this.#ticketLast;
      this.#underWay.set(ticket, entry);
      pool.submit(this.#request(entry, ticket));
    }
  }

  /** A delivery ended. @returns the message, to be finished when nothing of it is pending */
  finish(reply: DeliveryReply, now: VirtualTime): ActiveMessage | null {
    const entry = this.#underWay.get(reply.ticket);
    if (entry === undefined) return null;
    this.#underWay.delete(reply.ticket);
    const { message } = entry;
    const suspended = this.#scheduler.finish(entry, reply.trouble, now);
    for (let i = 0; i < suspended.length; i++) {
      const other = suspended[i]!;
      other.message.pending--;
      this.#retry(other.message, other.recipients, reply.trouble!);
    }
    message.pending--;
    if (reply.deferred) {
      message.deferred = true;
      message.reason = reply.reason;
    }
    return message;
  }

  /** Nothing more is handed out. @returns how many deliveries of each message are under way */
  underWay(): Map<ActiveMessage, number> {
    const counts = new Map<ActiveMessage, number>();
    for (const { message } of this.#underWay.values()) counts.set(message, (counts.get(message) ?? 0) + 1);
    return counts;
  }

  wakeAt(): VirtualTime {
    return this.#scheduler.wakeAt();
  }

  reviveAll(): void {
    this.#scheduler.reviveAll();
  }

  // Mail for a dead destination is deferred by the retry service, which gives the reason.
  #retry(
    message: ActiveMessage,
    recipients: readonly number[],
    why: Trouble,
    prefix = 'delivery temporarily suspended: ',
  ): void {
    const transport = this.#scheduler.transport('retry');
    // All mail for a dead destination has the same: composed once.
    if (why !== this.#retryFor) {
      this.#retryFor = why;
      this.#retryNexthop = `${why.dsn} ${prefix}${why.reason}`;
    }
    const nexthop = this.#retryNexthop;
    const destination = this.#scheduler.destination(transport, nexthop, nexthop);
    message.pending++;
    this.#scheduler.add([{ message, destination, recipients }], message.active);
  }

  #agentsOf(transport: string): AgentPool | null {
    let pool = this.#agents.get(transport);
    if (pool === undefined) this.#agents.set(transport, (pool = this.#config.agentsOf(transport)));
    return pool;
  }

  #request(entry: Entry<ActiveMessage>, ticket: number): DeliveryRequest {
    const { message, destination } = entry;
    const { envelope, queueId } = message;
    // As it is now, as if the file were open: postsuper(1) may remove it before the agent comes to read.
    const content = this.#config.queue.readContent(queueId, 'active');
    return {
      queueId,
      transport: destination.transport.name,
      nexthop: destination.nexthop,
      sender: envelope.sender,
      recipients: entry.recipients.map((index) => envelope.recipients[index]!),
      size: envelope.size,
      encoding: envelope.encoding,
      envelopeId: envelope.envelopeId,
      returnContent: envelope.returnContent,
      smtpUtf8: envelope.smtpUtf8,
      client: envelope.client,
      isProbe: envelope.isProbe === true,
      isGone: this.#config.queue.nextAttempt(queueId, 'active') === null,
      readContent: () => content,
      reuseConnection: destination.reuse,
      keepConnection: destination.keep,
      arrived: envelope.arrived,
      active: message.active,
      cause: message.activated,
      replyTo: this.#config.events,
      ticket,
    };
  }
}
