/** layout — what was asked of the directory, with what came back by the cursor */
import type { TraceEvent, VirtualTime } from '../../../workers/api.ts';

import type { LdapExchange, LdapExchanges } from '../../decode/exchanges.ts';
import { isRefusal, resultName } from '../../decode/ldap-dialogue.ts';

export interface Asked {
  exchange: LdapExchange;
  /** what came back, in few words */
  result: string;
  tone: 'found' | 'none' | 'wait' | 'fail';
  entries: LdapExchange['entries'];
  isDone: boolean;
}

/** An exchange as far as it had come at the cursor. */
export function askedAt(exchange: LdapExchange, cursor: VirtualTime): Asked {
  const entries = exchange.entries.filter(({ line }) => line.at <= cursor);
  const isDone = exchange.done !== null && exchange.done.at <= cursor;
  if (!isDone) return { exchange, entries, isDone, result: 'waiting', tone: 'wait' };
  if (isRefusal(exchange.code))
    return { exchange, entries, isDone, result: resultName(exchange.code), tone: 'fail' };
  if (exchange.operation !== 'search')
    return { exchange, entries, isDone, result: resultName(exchange.code), tone: 'found' };
  const count = exchange.entryCount;
  if (count === 0) return { exchange, entries, isDone, result: 'nothing matches', tone: 'none' };
  return { exchange, entries, isDone, result: count === 1 ? '1 entry' : `${count} entries`, tone: 'found' };
}

/** The latest `max` at the cursor, newest first, of the clients and kinds wanted. */
export function listAsked(
  exchanges: LdapExchanges,
  options: { cursor: VirtualTime; max: number; wanted: (exchange: LdapExchange) => boolean },
): { count: number; shown: Asked[] } {
  const all = exchanges.askedAt(options.cursor).filter(options.wanted).reverse();
  return {
    count: all.length,
    shown: all.slice(0, options.max).map((exchange) => askedAt(exchange, options.cursor)),
  };
}

/** The one the selected event belongs to, else the latest; null = none yet. */
export function chooseAsked(
  exchanges: LdapExchanges,
  options: { selected: number | null; cursor: VirtualTime; event: (id: number) => TraceEvent | null },
): LdapExchange | null {
  const all = exchanges.askedAt(options.cursor);
  if (options.selected !== null) {
    const found = options.event(options.selected);
    const packets = new Set([options.selected, found?.cause ?? 0]);
    if (found !== null && 'sent' in found) packets.add(found.sent);
    const isOf = ({ request, done, entries }: LdapExchange) =>
      packets.has(request.event) ||
      (done !== null && packets.has(done.event)) ||
      entries.some(({ line }) => packets.has(line.event));
    const chosen = all.findLast(isOf);
    if (chosen !== undefined) return chosen;
  }
  return all.at(-1) ?? null;
}

/** A filter with a line for each part, as deep as it is nested. */
export function filterLines(filter: string): { depth: number; text: string }[] {
  const lines: { depth: number; text: string }[] = [];
  let depth = 0;
  for (const [part] of filter.matchAll(/\([&|!](?=\()|\([^()]*\)|\)/g)) {
    if (part === ')') {
      depth--;
      lines.push({ depth, text: ')' });
    } else {
      lines.push({ depth, text: part });
      if (/^\([&|!]$/.test(part)) depth++;
    }
  }
  return lines.length === 0 ? [{ depth: 0, text: filter }] : lines;
}

export const scopeWords: Readonly<Record<string, string>> = {
  base: 'the entry itself',
  one: 'the entries right below',
  sub: 'the whole tree below',
  children: 'all below, without the entry itself',
};

/** The same with OpenLDAP's client. */
export function commandOf(exchange: LdapExchange, server: string): string {
  if (exchange.operation === 'bind') return `ldapwhoami -x -H ldap://${server} -D ${quoted(exchange.dn)} -W`;
  if (exchange.operation !== 'search') return '';
  const { dn, scope, filter, attributes } = exchange;
  return [
    `ldapsearch -x -H ldap://${server} -b ${quoted(dn)} -s ${scope} ${quoted(filter)}`,
    ...attributes,
  ].join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
