/**
 * received — the trace fields of a message, read from the first stop to the last
 *
 * Each server puts its Received field on top; so the lowest is the first. RFC 5321 §4.4 gives the form, and real
 * servers bend it: what is not found stays empty.
 */
import { parseDate } from '../../../workers/protocols/message/date.ts';

import type { HeaderLine } from '../../decode/parsed-mail.ts';

export interface Hop {
  /** who handed it over, as it called itself, and as the server saw it */
  from: string;
  seenAs: string;
  by: string;
  /** "ESMTP", "ESMTPSA", "LMTP" */
  protocol: string;
  id: string;
  recipient: string;
  /** milliseconds since 1970; null when the date cannot be read */
  date: number | null;
  /** since the hop before; null when either date is missing */
  delayMs: number | null;
  /** the same machine got it from itself: a filter's loop */
  isLoop: boolean;
  start: number;
  end: number;
}

/** Hops in the order they happened. */
export function hopsOf(headers: readonly HeaderLine[]): Hop[] {
  const hops = headers
    .filter(({ name }) => name.toLowerCase() === 'received')
    .map(hopOf)
    .reverse();
  return hops.map((hop, i) => {
    const before = hops[i - 1]?.date ?? null;
    return { ...hop, delayMs: before === null || hop.date === null ? null : hop.date - before };
  });
}

function hopOf({ value, start, end }: HeaderLine): Hop {
  const semicolon = value.lastIndexOf(';');
  const clauses = (semicolon < 0 ? value : value.slice(0, semicolon)).replace(/\s+/g, ' ');
  const date = semicolon < 0 ? null : parseDate(value.slice(semicolon + 1));
  const from = /(?:^| )from ([^ ;]+)/i.exec(clauses)?.[1] ?? '';
  const seenAs = commentsAfter(clauses, from);
  return {
    from,
    seenAs,
    by: / by ([^ ;]+)/i.exec(` ${clauses}`)?.[1] ?? '',
    protocol: / with ([^ ;]+)/i.exec(clauses)?.[1] ?? '',
    id: / id ([^ ;]+)/i.exec(clauses)?.[1] ?? '',
    recipient: / for <?([^ ;<>]+)>?/i.exec(clauses)?.[1] ?? '',
    date: date === null ? null : date / 1000,
    delayMs: null,
    isLoop: /\[(127\.|::1|IPv6:::1)/.test(seenAs) || from === 'localhost',
    start,
    end,
  };
}

/** The comments that follow a word: "(unknown [127.0.0.1])". */
function commentsAfter(clauses: string, word: string): string {
  if (word === '') return '';
  const rest = clauses.slice(clauses.indexOf(word) + word.length);
  return /^((?: \([^()]*\))+)/.exec(rest)?.[1]?.trim() ?? '';
}
