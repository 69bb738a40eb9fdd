/**
 * main-cf — main.cf: its syntax, and the values with defaults, $names and -o overrides applied
 *
 * A logical line starts with a name; a line that starts with white space continues it, comments and empty
 * lines between do not end it. The last definition of a name counts. Values are expanded when they are asked
 * for: a parameter may name others that are defined later.
 *
 * SEE ALSO  postconf(5); params.ts (defaults), expand.ts ($name, ${name?…}), parameters.ts (what daemons see)
 */
import * as utf8 from '../../bytes/utf8.ts';

import { assert } from '../../bytes/assert.ts';

import { DAY, HOUR, MINUTE, SECOND, type Os } from '../../os/os.ts';

import { expandValue } from './expand.ts';
import { parameterTable, transportParameters, type ParameterRow, parameterRows, type Row } from './params.ts';
import type { Parameters } from './parameters.ts';
import { portOfService } from './port-names.ts';

/** What was wrong with a main.cf; master(8) logs it as fatal. */
export interface ConfigProblem {
  file: string;
  line: number;
  text: string;
}

/** A main.cf as written. */
export interface MainCf {
  values: Map<string, string>;
  problems: ConfigProblem[];
}

/** Reads the text of a main.cf. Lines that are no "name = value" are problems, and left out. */
export function parseMainCf(text: string, file = '/etc/postfix/main.cf'): MainCf {
  const values = new Map<string, string>();
  const problems: ConfigProblem[] = [];
  for (const { line, text: logical } of logicalLines(text)) {
    const match = /^([^\s=]+)\s*=([\s\S]*)$/.exec(logical);
    if (match === null)
      problems.push({ file, line, text: "missing '=' after attribute name: \"" + logical.trim() + '"' });
    else values.set(match[1]!, match[2]!.trim());
  }
  return { values, problems };
}

/** Joins continuation lines and drops comments, as main.cf, master.cf and tables are read. */
export function logicalLines(text: string): { line: number; text: string }[] {
  const found: { line: number; text: string }[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (/^\s*(#|$)/.test(line)) continue;
    const last = found.at(-1);
    if (/^\s/.test(line) && last !== undefined) last.text += ` ${line.trim()}`;
    else found.push({ line: index + 1, text: line.trim() });
  }
  return found;
}

/** Reads /etc/postfix/main.cf of the host; a host without the file has all defaults. */
export function readMainCf(
  os: Os,
  path = '/etc/postfix/main.cf',
): { parameters: Parameters; problems: ConfigProblem[] } {
  const bytes = os.files.read(path);
  const { values, problems } = parseMainCf(bytes === null ? '' : utf8.decode(bytes), path);
  const origin = values.get('myorigin');
  if (origin?.startsWith('/') === true) {
    const named = os.files.read(origin); // Debian: /etc/mailname
    const first = named === null ? '' : utf8.decode(named).split('\n')[0]!.trim();
    values.set('myorigin', first === '' ? '$myhostname' : first);
  }
  return { parameters: makeParameters(values, { hostName: os.hostName, addresses: os.addresses }), problems };
}

/** Parameters from values as written, on the defaults of a host. @param table what there is to be set */
export function makeParameters(
  values: ReadonlyMap<string, string>,
  host: { hostName: string; addresses: readonly string[] },
  table: ReadonlyMap<string, ParameterRow> = parameterTable(),
): Parameters {
  return new ConfiguredParameters(table, hostDefaults(host), [values]);
}

// What Postfix asks the system for when main.cf does not say.
function hostDefaults(host: { hostName: string; addresses: readonly string[] }): Map<string, string> {
  // SIMPLIFIED: mynetworks_style "subnet" and "class" count as "host": a simulated interface has no netmask.
  const networks = ['127.0.0.0/8', ...host.addresses.map((address) => `${address}/32`)].join(' ');
  return new Map([
    ['myhostname', host.hostName],
    ['mynetworks', networks],
  ]);
}

class ConfiguredParameters implements Parameters {
  readonly #table: ReadonlyMap<string, ParameterRow>;
  readonly #host: ReadonlyMap<string, string>;
  /** what is defined, the first layer that has a name counts */
  readonly #layers: readonly ReadonlyMap<string, string>[];
  readonly #texts = new Map<string, string>();
  readonly #numbers = new Map<string, number>();
  readonly #lists = new Map<string, readonly string[]>();
  readonly #derived = new Map<unknown, unknown>();

  constructor(
    table: ReadonlyMap<string, ParameterRow>,
    host: ReadonlyMap<string, string>,
    layers: readonly ReadonlyMap<string, string>[],
  ) {
    this.#table = table;
    this.#host = host;
    this.#layers = layers;
  }

  text(name: string): string {
    let text = this.#texts.get(name);
    if (text !== undefined) return text;
    const raw = this.#raw(name);
    assert(raw !== null, `parameter ${name}: not in params.ts`);
    text = expandedByOwner.includes(name) ? raw : expandValue(raw, (other) => this.#raw(other));
    this.#texts.set(name, text);
    return text;
  }
  has(name: string): boolean {
    return this.#raw(name) !== null;
  }
  bool(name: string): boolean {
    return this.text(name).toLowerCase() === 'yes';
  }
  number(name: string): number {
    return this.#numeric(name, parseNumber);
  }
  time(name: string): number {
    return this.#numeric(name, (text) => parseTime(text, this.#table.get(name)?.unit ?? 's'));
  }
  list(name: string): readonly string[] {
    let list = this.#lists.get(name);
    if (list === undefined) this.#lists.set(name, (list = splitList(this.text(name))));
    return list;
  }
  derived<T>(make: (parameters: Parameters) => T): T {
    let made = this.#derived.get(make) as T | undefined;
    if (made === undefined) this.#derived.set(make, (made = make(this)));
    return made;
  }
  with(overrides: ReadonlyMap<string, string>, rows?: readonly Row[]): Parameters {
    if (overrides.size === 0 && rows === undefined) return this;
    const table = rows === undefined ? this.#table : new Map([...this.#table, ...parameterRows(rows)]);
    return new ConfiguredParameters(table, this.#host, [overrides, ...this.#layers]);
  }

  #numeric(name: string, parse: (text: string) => number | null): number {
    let value = this.#numbers.get(name);
    if (value !== undefined) return value;
    // The real program ends with "fatal: bad numerical configuration"; here the default stands in.
    value =
      parse(this.text(name)) ??
      parse(expandValue(this.#usual(name) ?? '0', (other) => this.#raw(other))) ??
      0;
    this.#numbers.set(name, value);
    return value;
  }

  #raw(name: string): string | null {
    for (const layer of this.#layers) {
      const value = layer.get(name);
      if (value !== undefined) return value;
    }
    return this.#usual(name);
  }

  #usual(name: string): string | null {
    const ofHost = this.#host.get(name);
    if (ofHost !== undefined) return ofHost;
    if (name === 'mydomain') return domainOf(this.text('myhostname'));
    const row = this.#table.get(name);
    if (row !== undefined) return row.usual;
    return transportParameters.find(([ending]) => name.endsWith(ending))?.[2] ?? null;
  }
}

// Their $names are not parameters: the daemon expands them, for each reply.
const expandedByOwner = Object.freeze(['smtpd_reject_footer', 'default_rbl_reply', 'smtpd_expansion_filter']);

function domainOf(hostName: string): string {
  const dot = hostName.indexOf('.');
  return dot === -1 ? 'localdomain' : hostName.slice(dot + 1);
}

function parseNumber(text: string): number | null {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  return portOfService(text); // smtp_tcp_port = smtp
}

/** A time with or without unit, in microseconds; null when it is none. @param unit of a bare number */
export function parseTime(text: string, unit: 's' | 'm' | 'h' | 'd' | 'w'): number | null {
  const match = /^(\d{1,9})([smhdw]?)$/.exec(text.trim());
  if (match === null) return null;
  return Number(match[1]) * unitUs(match[2] === '' ? unit : (match[2] as typeof unit));
}

function unitUs(unit: 's' | 'm' | 'h' | 'd' | 'w'): number {
  switch (unit) {
    case 's':
      return SECOND;
    case 'm':
      return MINUTE;
    case 'h':
      return HOUR;
    case 'd':
      return DAY;
    case 'w':
      return 7 * DAY;
  }
}

/** Splits at commas and white space; what is in braces stays whole, braces included. */
export function splitList(text: string): string[] {
  if (isOneItem(text)) return [text];
  return splitOutsideBraces(text, /[\s,]/);
}

// The usual case in what tables answer: an address.
function isOneItem(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c <= 0x20 || c >= 0x7b || c === 0x2c) return false;
  }
  return text !== '';
}

/** Splits at characters that match `separator`, outside braces. */
export function splitOutsideBraces(text: string, separator: RegExp): string[] {
  const items: string[] = [];
  let item = '';
  let depth = 0;
  for (const char of text) {
    if (depth === 0 && separator.test(char)) {
      if (item !== '') items.push(item);
      item = '';
      continue;
    }
    if (char === '{') depth++;
    else if (char === '}' && depth > 0) depth--;
    item += char;
  }
  if (item !== '') items.push(item);
  return items;
}
