/** layout — a lookup as a walk: the stub's question, the resolver's questions on its behalf, the answers so far */
import type { TraceEvent, VirtualTime } from '../../../workers/api.ts';

import type { WireLine } from '../../decode/conversation.ts';
import type { DnsExchange, DnsExchanges, DnsOutcome } from '../../decode/exchanges.ts';

export interface WalkStep {
  number: number;
  serverHost: number;
  serverAddress: string;
  question: WireLine;
  /** null = not yet, at the cursor */
  answer: WireLine | null;
  outcome: DnsOutcome | null;
  askedAt: VirtualTime;
  /** how long the answer took; of one that is due, how long it has been waited for */
  tookUs: number;
}

export interface Walk {
  number: number;
  name: string;
  type: string;
  stubHost: number;
  resolverHost: number;
  /** the stub's own question and answer */
  own: WalkStep;
  /** what the resolver asked, in order */
  steps: WalkStep[];
  /** answered without asking anyone: from the cache, or from a zone of its own */
  isFromMemory: boolean;
}

/** The questions one lookup led to, as far as they had come at the cursor. */
export function walkOf(exchanges: DnsExchanges, lookup: DnsExchange, cursor: VirtualTime): Walk {
  const steps: WalkStep[] = [];
  for (const number of lookup.children) {
    const child = exchanges.byNumber(number);
    if (child !== null && child.at <= cursor) steps.push(stepOf(child, cursor));
  }
  const own = stepOf(lookup, cursor);
  return {
    number: lookup.number,
    name: lookup.name,
    type: lookup.type,
    stubHost: lookup.clientHost,
    resolverHost: lookup.serverHost,
    own,
    steps,
    isFromMemory: own.answer !== null && lookup.children.length === 0,
  };
}

function stepOf(exchange: DnsExchange, cursor: VirtualTime): WalkStep {
  const { number, serverHost, serverAddress, question, at } = exchange;
  const isAnswered = exchange.answer !== null && exchange.answer.at <= cursor;
  const answer = isAnswered ? exchange.answer : null;
  return {
    number,
    serverHost,
    serverAddress,
    question,
    answer,
    outcome: isAnswered ? exchange.outcome : null,
    askedAt: at,
    tookUs: (answer?.at ?? cursor) - at,
  };
}

/** The lookup to show: the one the selected event belongs to, else the latest at the cursor; null = none yet. */
export function chooseLookup(
  exchanges: DnsExchanges,
  options: { selected: number | null; cursor: VirtualTime; event: (id: number) => TraceEvent | null },
): DnsExchange | null {
  if (options.selected !== null) {
    const chosen = ofEvent(exchanges, options.selected, options.event);
    if (chosen !== null && chosen.at <= options.cursor) return chosen;
  }
  return exchanges.lookupsAt(options.cursor).at(-1) ?? null;
}

function ofEvent(
  exchanges: DnsExchanges,
  id: number,
  event: (id: number) => TraceEvent | null,
): DnsExchange | null {
  const at = event(id);
  const packet = at !== null && 'sent' in at ? at.sent : id;
  // What was learned and what was looked up come from an answer.
  const exchange = exchanges.ofEvent(packet) ?? exchanges.ofEvent(causeOf(event, at?.cause ?? 0));
  return exchange === null ? null : (exchanges.byNumber(exchange.parent) ?? exchange);
}

function causeOf(event: (id: number) => TraceEvent | null, id: number): number {
  const cause = event(id);
  return cause !== null && 'sent' in cause ? cause.sent : id;
}

/** How a lookup ended, or how far it is, in few words. */
export function outcomeWords(outcome: DnsOutcome | null): string {
  return outcome === null ? 'waiting' : words[outcome];
}

const words: Record<DnsOutcome, string> = {
  answer: 'answered',
  referral: 'referred',
  'no-such-name': 'no such name',
  'no-data': 'no such record',
  failed: 'failed',
  truncated: 'truncated',
};
