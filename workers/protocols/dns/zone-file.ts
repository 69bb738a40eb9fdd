/**
 * zone-file — master files: records of a zone as text
 *
 * $ORIGIN, $TTL, @, relative names, omitted owners, parentheses, comments, quoted strings, BIND's time units.
 *
 * STANDARDS  RFC 1035 §5, RFC 2308 §4 ($TTL)
 * ERRORS     ZoneFileError: file:line, what was expected, what was found
 */
import { canonicalName, isName, isWithin } from './name.ts';
import type { DnsRecord } from './message.ts';
import { rdataFormat } from './rdata/index.ts';
import { parseTtl } from './rdata/soa.ts';
import { classIn, typeNumber } from './types.ts';

export class ZoneFileError extends Error {
  override name = 'ZoneFileError';
  line: number;
  constructor(file: string, line: number, what: string) {
    super(`${file}:${line}: ${what}`);
    this.line = line;
  }
}

const recordsMax = 100_000;

interface Entry {
  line: number;
  fields: string[];
  /** whether the first field starts the line (an owner name) */
  owned: boolean;
}

/**
 * Parses a zone file.
 * @param origin the zone's name without final dot
 * @returns records in the order of the file, names lower case without final dot
 * @throws ZoneFileError
 */
export function parseZoneFile(text: string, options: { file: string; origin: string }): DnsRecord[] {
  const fail = (line: number, what: string): never => {
    throw new ZoneFileError(options.file, line, what);
  };
  let origin = canonicalName(options.origin);
  let ttlDefault: number | null = null;
  let owner: string | null = null;
  let ttlLast: number | null = null;
  const records: DnsRecord[] = [];
  for (const entry of readEntries(text, fail)) {
    const { line } = entry;
    let { fields } = entry;
    const absolute = (name: string): string | null => absoluteName(name, origin);
    if (entry.owned && fields[0]!.startsWith('$')) {
      if (fields[0] === '$ORIGIN')
        origin = absolute(fields[1] ?? '') ?? fail(line, `$ORIGIN needs a name, got "${fields[1] ?? ''}"`);
      else if (fields[0] === '$TTL')
        ttlDefault = parseTtl(fields[1] ?? '') ?? fail(line, `$TTL needs a time, got "${fields[1] ?? ''}"`);
      else fail(line, `${fields[0]!} is not supported; expected $ORIGIN or $TTL`);
      continue;
    }
    if (entry.owned) {
      owner = absolute(fields[0]!) ?? fail(line, `"${fields[0]!}" is not a domain name`);
      fields = fields.slice(1);
    }
    if (owner === null) return fail(line, 'the first record needs an owner name');
    const { ttl, rest } = readTtlAndClass(fields, line, fail);
    const type = (rest[0] ?? '').toUpperCase();
    if (type === '' || typeNumber(type) === null)
      fail(line, `expected a record type, got "${rest[0] ?? 'nothing'}"`);
    const format = rdataFormat(type);
    const data = format.parse(rest.slice(1), absolute);
    if (data === null) return fail(line, `${type} needs ${format.expects}, got "${rest.slice(1).join(' ')}"`);
    ttlLast = ttl ?? ttlDefault ?? ttlLast ?? (type === 'SOA' ? (data as { minimum: number }).minimum : null);
    if (ttlLast === null) return fail(line, `${type} needs a TTL: none is given and there is no $TTL`);
    if (!isWithin(owner, canonicalName(options.origin)))
      fail(line, `${owner} is outside the zone ${options.origin}`);
    records.push({ name: owner, type, class: classIn, ttl: ttlLast, data });
    if (records.length > recordsMax) fail(line, `more than ${recordsMax} records`);
  }
  return records;
}

function readTtlAndClass(
  fields: string[],
  line: number,
  fail: (line: number, what: string) => never,
): { ttl: number | null; rest: string[] } {
  let ttl: number | null = null;
  let i = 0;
  for (; i < fields.length; i++) {
    const field = fields[i]!;
    if (/^(CH|HS|CS)$/i.test(field)) fail(line, `class ${field} is not supported; expected IN`);
    if (/^IN$/i.test(field)) continue;
    const time: number | null = ttl === null && /^\d/.test(field) ? parseTtl(field) : null;
    if (time === null) break;
    ttl = time;
  }
  return { ttl, rest: fields.slice(i) };
}

function absoluteName(name: string, origin: string): string | null {
  if (name === '@') return origin;
  if (name === '.') return '';
  if (!isName(name)) return null;
  const lower = name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (lower.endsWith('.') && !lower.endsWith('\\.')) return lower.slice(0, -1);
  return origin === '' ? lower : `${lower}.${origin}`;
}

/** Splits into entries: a line, or several within parentheses. */
function* readEntries(text: string, fail: (line: number, what: string) => never): Generator<Entry> {
  let entry: Entry | null = null;
  let depth = 0;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1;
    entry ??= { line, fields: [], owned: /^[^\s;()]/.test(raw) };
    const tokens = raw.matchAll(/"((?:\\.|[^"\\])*)("?)|[()]|;.*|((?:\\.|[^\s";()\\])+)/g);
    for (const [token, quoted, closing, word] of tokens) {
      if (token.startsWith(';')) break;
      if (token === '(') depth++;
      else if (token === ')') {
        if (--depth < 0) fail(line, 'expected "(" before ")"');
      } else if (quoted !== undefined) {
        if (closing !== '"') fail(line, 'a quoted string is not closed');
        entry.fields.push(quoted.replace(/\\(.)/g, '$1'));
      } else if (word !== undefined) entry.fields.push(word);
    }
    if (depth > 0) continue;
    if (entry.fields.length > 0) yield entry;
    entry = null;
  }
  if (depth > 0) fail(entry!.line, '"(" is not closed');
}
