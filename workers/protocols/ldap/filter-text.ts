/**
 * filter-text — filters as people write them: (&(mail=bob@acme.example)(!(zimbraMailStatus=disabled)))
 *
 * STANDARDS  RFC 4515
 * ERRORS     FilterError with the place
 */
import * as ascii from '../../bytes/ascii.ts';
import * as utf8 from '../../bytes/utf8.ts';

import { filterDepthMax, type Filter } from './filter.ts';
import type { TextTable } from './text-table.ts';

/** Text that is no filter. */
export class FilterError extends Error {
  override name = 'FilterError';
}

/** Parses a filter; the outer parentheses may be left out, as ldapsearch allows. */
export function parseFilter(text: string): Filter {
  const source = text.startsWith('(') ? text : `(${text})`;
  const parser = { source, at: 0 };
  const filter = parseParenthesised(parser, 0);
  if (parser.at !== source.length)
    throw new FilterError(`filter: text after the end: "${source.slice(parser.at)}"`);
  return filter;
}

interface Parser {
  source: string;
  at: number;
}

function parseParenthesised(parser: Parser, depth: number): Filter {
  if (depth >= filterDepthMax) throw new FilterError('filter: nested too deeply');
  expect(parser, '(');
  const filter = parseComponent(parser, depth);
  expect(parser, ')');
  return filter;
}

function parseComponent(parser: Parser, depth: number): Filter {
  const sign = parser.source[parser.at];
  if (sign === '&' || sign === '|') {
    parser.at++;
    const filters: Filter[] = [];
    while (parser.source[parser.at] === '(') filters.push(parseParenthesised(parser, depth + 1));
    return { kind: sign === '&' ? 'and' : 'or', filters };
  }
  if (sign === '!') {
    parser.at++;
    return { kind: 'not', filter: parseParenthesised(parser, depth + 1) };
  }
  const end = parser.source.indexOf(')', parser.at);
  const item = parser.source.slice(parser.at, end < 0 ? undefined : end);
  parser.at = end < 0 ? parser.source.length : end;
  return parseItem(item);
}

function parseItem(item: string): Filter {
  const extensible = /^([^:=~<>]*)((?::[dD][nN])?)(?::([^:=]+))?:=([^]*)$/.exec(item);
  if (extensible !== null) {
    const [, attribute = '', dn = '', rule = '', value = ''] = extensible;
    if (attribute === '' && rule === '')
      throw new FilterError(`filter: expected attribute or rule in "${item}"`);
    return { kind: 'extensible', attribute, rule, value: unescape(value), dnAttributes: dn !== '' };
  }
  const match = /^([^=~<>():]+)(~=|>=|<=|=)([^]*)$/.exec(item);
  if (match === null) throw new FilterError(`filter: expected attribute=value, found "${item}"`);
  const [, attribute = '', operator, value = ''] = match;
  if (operator === '~=') return { kind: 'approx', attribute, value: unescape(value) };
  if (operator === '>=') return { kind: 'greater-or-equal', attribute, value: unescape(value) };
  if (operator === '<=') return { kind: 'less-or-equal', attribute, value: unescape(value) };
  if (value === '*') return { kind: 'present', attribute };
  if (!value.includes('*')) return { kind: 'equality', attribute, value: unescape(value) };
  const parts = value.split('*').map((part) => (part === '' ? null : unescape(part)));
  return {
    kind: 'substrings',
    attribute,
    initial: parts[0]!,
    any: parts.slice(1, -1).filter((part) => part !== null),
    final: parts[parts.length - 1]!,
  };
}

/** RFC 4515 §3: a backslash and two hexadecimal digits stand for an octet. */
function unescape(text: string): Uint8Array {
  if (text.includes('(')) throw new FilterError(`filter: expected "\\28" for "(" in "${text}"`);
  const bytes = utf8.encode(text);
  if (!text.includes('\\')) return bytes;
  const out: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== 0x5c) {
      out.push(bytes[i]!);
      continue;
    }
    const [high, low] = [hexDigit(bytes[i + 1]), hexDigit(bytes[i + 2])];
    if (high < 0 || low < 0)
      throw new FilterError(`filter: expected two hexadecimal digits after "\\" in "${text}"`);
    out.push(high * 16 + low);
    i += 2;
  }
  return Uint8Array.from(out);
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}

function expect(parser: Parser, sign: string): void {
  const found = parser.source[parser.at];
  if (found !== sign)
    throw new FilterError(`filter: expected "${sign}" at ${parser.at}, found ${found ?? 'the end'}`);
  parser.at++;
}

/**
 * Writes a filter as text: UTF-8 as it is, what RFC 4515 reserves and other octets as \XX.
 * @param texts where values that come again and again are found
 */
export function formatFilter(filter: Filter, texts: TextTable | null = null): string {
  switch (filter.kind) {
    case 'and':
      return formatList('(&', filter.filters, texts);
    case 'or':
      return formatList('(|', filter.filters, texts);
    case 'not':
      return `(!${formatFilter(filter.filter, texts)})`;
    case 'present':
      return `(${filter.attribute}=*)`;
    case 'equality':
      return `(${filter.attribute}=${formatValue(filter.value, texts)})`;
    case 'greater-or-equal':
      return `(${filter.attribute}>=${formatValue(filter.value, texts)})`;
    case 'less-or-equal':
      return `(${filter.attribute}<=${formatValue(filter.value, texts)})`;
    case 'approx':
      return `(${filter.attribute}~=${formatValue(filter.value, texts)})`;
    case 'substrings': {
      const parts = [filter.initial, ...filter.any, filter.final];
      const values = parts.map((part) => (part === null ? '' : formatValue(part, texts)));
      return `(${filter.attribute}=${values.join('*')})`;
    }
    case 'extensible': {
      const rule = filter.rule === '' ? '' : `:${filter.rule}`;
      const dn = filter.dnAttributes ? ':dn' : '';
      return `(${filter.attribute}${dn}${rule}:=${formatValue(filter.value, texts)})`;
    }
  }
}

function formatList(head: string, filters: readonly Filter[], texts: TextTable | null): string {
  let text = head;
  for (let i = 0; i < filters.length; i++) text += formatFilter(filters[i]!, texts);
  return `${text})`;
}

function formatValue(value: Uint8Array, texts: TextTable | null): string {
  for (let i = 0; i < value.length; i++) {
    const octet = value[i]!;
    // NUL ( ) * \ and what is not ASCII
    if (octet === 0 || (octet >= 0x28 && octet <= 0x2a) || octet === 0x5c || octet >= 0x80)
      return escapeFilterValue(value);
  }
  return texts === null ? ascii.decode(value) : texts.find(value, 0, value.length);
}

/** Escapes what has a meaning in a filter, so that a value from outside stays a value. */
export function escapeFilterValue(value: string | Uint8Array): string {
  if (typeof value !== 'string') {
    if (!utf8.isValid(value))
      return [...value].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
    return escapeFilterValue(utf8.decode(value));
  }
  // RFC 4515 §3 escapes NUL as well.
  return value.replace(
    /[\0()*\\]/g,
    (sign) => `\\${sign.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  );
}
