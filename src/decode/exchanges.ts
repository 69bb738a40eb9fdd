/**
 * exchanges — questions with their answers: of DNS as a walk, of LDAP as lookups
 *
 * Kept in order of asking; the answer comes later and carries its own time, so that a cursor in between sees a
 * question alone. The oldest are forgotten beyond a bound; numbers stay.
 */
import type { EventId, TraceEvent, VirtualTime } from '../../workers/api.ts';
import type { DnsMessage } from '../../workers/protocols/dns/message.ts';
import { formatFilter } from '../../workers/protocols/ldap/filter-text.ts';
import type { LdapRequest } from '../../workers/protocols/ldap/request.ts';

import { countUntil, type Conversation, type WireLine } from './conversation.ts';
import { scopeName } from './ldap-dialogue.ts';

export type DnsOutcome = 'answer' | 'referral' | 'no-such-name' | 'no-data' | 'failed' | 'truncated';

export interface DnsExchange {
  number: number;
  conversation: number;
  name: string;
  type: string;
  /** RD: do the whole walk for me */
  recursive: boolean;
  clientHost: number;
  serverHost: number;
  serverAddress: string;
  at: VirtualTime;
  question: WireLine;
  answer: WireLine | null;
  outcome: DnsOutcome | null;
  authoritative: boolean;
  /** of a referral the zone it leads to */
  zone: string;
  /** the exchange on whose behalf it was made; -1 = none */
  parent: number;
  children: number[];
}

export interface LdapExchange {
  number: number;
  conversation: number;
  clientHost: number;
  serverHost: number;
  at: VirtualTime;
  operation: 'bind' | 'search' | 'other';
  /** of a bind the name, of a search the base */
  dn: string;
  scope: string;
  filter: string;
  attributes: readonly string[];
  request: WireLine;
  entries: { line: WireLine; dn: string; attributes: { name: string; value: string }[] }[];
  entryCount: number;
  done: WireLine | null;
  code: number;
  diagnostic: string;
}

const exchangesMax = 20_000;
const causesMax = 16;

/** A list that forgets its oldest part; item.number - list.first is the place of an item. */
class Kept<T extends { number: number; at: VirtualTime }> {
  items: T[] = [];
  first = 0;

  push(item: T): T[] {
    this.items.push(item);
    if (this.items.length <= exchangesMax) return [];
    const gone = this.items.splice(0, exchangesMax / 2);
    this.first += gone.length;
    return gone;
  }
  get next(): number {
    return this.first + this.items.length;
  }
  byNumber(number: number): T | null {
    return this.items[number - this.first] ?? null;
  }
}

/** Questions to DNS servers with their answers, in the order asked. */
export class DnsExchanges {
  readonly #kept = new Kept<DnsExchange>();
  /** of the events of questions and answers: number of the exchange */
  readonly #byEvent = new Map<EventId, number>();
  readonly #byId: (id: EventId) => TraceEvent | null;

  constructor(byId: (id: EventId) => TraceEvent | null) {
    this.#byId = byId;
  }

  add(conversation: Conversation, message: DnsMessage, question: WireLine): DnsExchange {
    const asked = message.questions[0];
    const exchange: DnsExchange = {
      number: this.#kept.next,
      conversation: conversation.number,
      name: asked?.name ?? '',
      type: asked?.type ?? '',
      recursive: message.recursionDesired,
      clientHost: conversation.client.hostIndex,
      serverHost: conversation.server.hostIndex,
      serverAddress: conversation.server.address,
      at: question.at,
      question,
      answer: null,
      outcome: null,
      authoritative: false,
      zone: '',
      parent: this.#parentOf(question.event, conversation.client.hostIndex),
      children: [],
    };
    this.byNumber(exchange.parent)?.children.push(exchange.number);
    this.#byEvent.set(question.event, exchange.number);
    for (const { question: q, answer } of this.#kept.push(exchange)) {
      this.#byEvent.delete(q.event);
      if (answer !== null) this.#byEvent.delete(answer.event);
    }
    return exchange;
  }

  answer(exchange: DnsExchange, message: DnsMessage, outcome: DnsOutcome, line: WireLine): void {
    exchange.answer = line;
    exchange.outcome = outcome;
    exchange.authoritative = message.authoritative;
    if (outcome === 'referral')
      exchange.zone = message.authorities.find(({ type }) => type === 'NS')?.name ?? '';
    this.#byEvent.set(line.event, exchange.number);
  }

  byNumber(number: number): DnsExchange | null {
    return this.#kept.byNumber(number);
  }

  /** The exchange an event belongs to, as its question or answer. */
  ofEvent(event: EventId): DnsExchange | null {
    const number = this.#byEvent.get(event);
    return number === undefined ? null : this.byNumber(number);
  }

  /** Those asked by nobody's order but a program's own, as of the cursor, oldest first. */
  lookupsAt(cursor: VirtualTime): DnsExchange[] {
    return this.#kept.items.slice(0, countUntil(this.#kept.items, cursor)).filter(({ parent }) => parent < 0);
  }

  // Back along the causes. The first exchange met is the order (then it is a child), or the answer before it on the same
  // walk (then a sibling); one of other hosts means that the question is a new act.
  #parentOf(event: EventId, clientHost: number): number {
    let cause = this.#byId(event)?.cause ?? 0;
    for (let i = 0; i < causesMax && cause !== 0; i++) {
      const exchange = this.ofEvent(cause);
      if (exchange !== null) {
        if (exchange.answer?.event === cause)
          return exchange.clientHost === clientHost ? exchange.parent : -1;
        return exchange.serverHost === clientHost ? exchange.number : -1;
      }
      cause = this.#byId(cause)?.cause ?? 0;
    }
    return -1;
  }
}

/** Requests to directories with their results, in the order asked. */
export class LdapExchanges {
  readonly #kept = new Kept<LdapExchange>();

  add(conversation: Conversation, request: LdapRequest, line: WireLine): LdapExchange {
    const search = request.kind === 'search-request' ? request : null;
    const exchange: LdapExchange = {
      number: this.#kept.next,
      conversation: conversation.number,
      clientHost: conversation.client.hostIndex,
      serverHost: conversation.server.hostIndex,
      at: line.at,
      operation: search !== null ? 'search' : request.kind === 'bind-request' ? 'bind' : 'other',
      dn:
        search?.base ?? (request.kind === 'bind-request' ? request.name : 'dn' in request ? request.dn : ''),
      scope: search === null ? '' : scopeName(search.scope),
      filter: search === null ? '' : formatFilter(search.filter),
      attributes: search?.attributes ?? [],
      request: line,
      entries: [],
      entryCount: 0,
      done: null,
      code: 0,
      diagnostic: '',
    };
    this.#kept.push(exchange);
    return exchange;
  }

  byNumber(number: number): LdapExchange | null {
    return this.#kept.byNumber(number);
  }

  /** As of the cursor, oldest first. */
  askedAt(cursor: VirtualTime): LdapExchange[] {
    return this.#kept.items.slice(0, countUntil(this.#kept.items, cursor));
  }
}
