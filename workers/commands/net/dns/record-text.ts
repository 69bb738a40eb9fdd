/**
 * record-text — DNS messages as BIND's tools print them: columns at tab stops, sections, OPT pseudosection
 */
import * as hex from '../../../bytes/hex.ts';
import type { DnsMessage, DnsQuestion, DnsRecord, Edns } from '../../../protocols/dns/message.ts';
import { canonicalName } from '../../../protocols/dns/name.ts';
import { rdataFormat, type Soa } from '../../../protocols/dns/rdata/index.ts';
import { rcodeName } from '../../../protocols/dns/types.ts';

/** Which columns there are. */
export interface Style {
  readonly ttl: boolean;
  readonly class: boolean;
  readonly ttlUnits: boolean;
  readonly multiline: boolean;
}

export const usualStyle: Style = Object.freeze({ ttl: true, class: true, ttlUnits: false, multiline: false });

const classNames: Readonly<Record<number, string>> = Object.freeze({ 1: 'IN', 3: 'CH', 4: 'HS', 255: 'ANY' });

/** "IN" */
export function className(number: number): string {
  return classNames[number] ?? `CLASS${number}`;
}

/** The class of that name; null when there is none. */
export function classNumber(text: string): number | null {
  const found = Object.entries(classNames).find(([, name]) => name === text.toUpperCase());
  const match = /^CLASS(\d{1,5})$/i.exec(text);
  return found !== undefined ? Number(found[0]) : match !== null ? Number(match[1]) : null;
}

/** Text with columns, as dns_master_style lays them out. */
class Columns {
  text = '';
  #at = 0;

  add(text: string): this {
    this.text += text;
    this.#at += text.length;
    return this;
  }
  /** Goes on at a column, behind at least one blank. */
  to(column: number): this {
    const to = Math.max(column, this.#at + 1);
    const tabs = Math.floor(to / 8) - Math.floor(this.#at / 8);
    const from = tabs > 0 ? to - (to % 8) : this.#at;
    this.text += '\t'.repeat(tabs) + ' '.repeat(to - from);
    this.#at = to;
    return this;
  }
}

function columnsOf(style: Style): { ttl: number; class: number; type: number; data: number } {
  if (style.multiline || (!style.ttl && !style.class)) return { ttl: 24, class: 24, type: 24, data: 32 };
  if (!style.ttl || !style.class) return { ttl: 24, class: 24, type: 32, data: 40 };
  return { ttl: 24, class: 32, type: 40, data: 48 };
}

/** A record in its columns, without line end. */
export function recordLine(record: DnsRecord, style: Style): string {
  const at = columnsOf(style);
  const line = new Columns().add(`${record.name}.`);
  if (style.ttl) line.to(at.ttl).add(style.ttlUnits ? shortUnits(record.ttl) : String(record.ttl));
  if (style.class) line.to(at.class).add(className(record.class));
  line.to(at.type).add(record.type).to(at.data);
  const isLong = style.multiline && record.type === 'SOA';
  return line.add(isLong ? multilineSoa(record.data as Soa) : dataText(record)).text;
}

/** The data of a record alone. */
export function dataText(record: DnsRecord): string {
  return rdataFormat(record.type).format(record.data);
}

function multilineSoa(soa: Soa): string {
  const [primary, mailbox, ...numbers] = rdataFormat('SOA').format(soa).split(' ');
  const names = ['serial', 'refresh', 'retry', 'expire', 'minimum'];
  const rows = numbers.map((number, i) => {
    const units = i === 0 ? '' : ` (${longUnits(Number(number))})`;
    return `\t\t\t\t${number.padEnd(10)} ; ${names[i]!}${units}\n`;
  });
  return `${primary!} ${mailbox!} (\n${rows.join('')}\t\t\t\t)`;
}

const units = Object.freeze([
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const);

function inUnits(seconds: number): [string, number][] {
  let left = seconds;
  const parts: [string, number][] = [];
  for (const [name, size] of units) {
    if (left >= size) parts.push([name, Math.floor(left / size)]);
    left %= size;
  }
  return parts.length > 0 ? parts : [['second', 0]];
}

function shortUnits(seconds: number): string {
  return inUnits(seconds)
    .map(([name, count]) => `${count}${name[0]!}`)
    .join('');
}

function longUnits(seconds: number): string {
  return inUnits(seconds)
    .map(([name, count]) => `${count} ${name}${count === 1 ? '' : 's'}`)
    .join(' ');
}

/** ";far.example.    IN  MX" with its line end. */
export function questionLine({ name, type, class: cls }: DnsQuestion, style: Style): string {
  const at = columnsOf(style);
  const line = new Columns().add(`${name}.`);
  if (style.class) line.to(at.class).add(className(cls));
  return `;${line.to(at.type).add(type).text}\n`;
}

/** The lines of a section: records of the same name and type are together. */
export function sectionLines(records: readonly DnsRecord[], style: Style): string {
  return grouped(records)
    .map((record) => `${recordLine(record, style)}\n`)
    .join('');
}

function grouped(records: readonly DnsRecord[]): DnsRecord[] {
  if (records.length < 3) return [...records];
  const byName = new Map<string, Map<string, DnsRecord[]>>();
  for (const record of records) {
    const name = canonicalName(record.name);
    const byType = byName.get(name) ?? new Map<string, DnsRecord[]>();
    byName.set(name, byType);
    byType.set(record.type, [...(byType.get(record.type) ?? []), record]);
  }
  return [...byName.values()].flatMap((byType) => [...byType.values()].flat());
}

/** ";; ->>HEADER<<- …" and the line of flags. */
export function headerText(m: DnsMessage): string {
  const flags = [
    ['qr', m.response],
    ['aa', m.authoritative],
    ['tc', m.truncated],
    ['rd', m.recursionDesired],
    ['ra', m.recursionAvailable],
    ['ad', m.authenticData],
    ['cd', m.checkingDisabled],
  ] as const;
  const set = flags.map(([name, isSet]) => (isSet ? ` ${name}` : '')).join('');
  const additionals = m.additionals.length + (m.edns === null ? 0 : 1);
  return (
    `;; ->>HEADER<<- opcode: ${opcodes[m.opcode] ?? `RESERVED${m.opcode}`}, ` +
    `status: ${rcodeName(m.rcode)}, id: ${m.id}\n` +
    `;; flags:${set}; QUERY: ${m.questions.length}, ANSWER: ${m.answers.length}, ` +
    `AUTHORITY: ${m.authorities.length}, ADDITIONAL: ${additionals}\n`
  );
}
const opcodes: Readonly<Record<number, string>> = Object.freeze({
  0: 'QUERY',
  1: 'IQUERY',
  2: 'STATUS',
  4: 'NOTIFY',
  5: 'UPDATE',
});

const cookieOption = 10;

/** ";; OPT PSEUDOSECTION:" */
export function optText(edns: Edns): string {
  const flags = edns.dnssecOk ? ' do' : '';
  let text =
    `;; OPT PSEUDOSECTION:\n` +
    `; EDNS: version: ${edns.version}, flags:${flags}; udp: ${edns.udpPayloadBytes}\n`;
  for (const { code, data } of edns.options)
    text +=
      code === cookieOption ? `; COOKIE: ${hex.encode(data)}\n` : `; OPT=${code}: ${hex.encode(data)}\n`;
  return text;
}
