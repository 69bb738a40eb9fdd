/**
 * ldif — directory entries as text, for loading a directory
 *
 * STANDARDS  RFC 2849 (content records; change records only with "changetype: add")
 * ERRORS     LdifError "file:line: expected …, found …"
 */
import * as base64 from '../../bytes/base64.ts';
import * as utf8 from '../../bytes/utf8.ts';

import type { AttributeValues } from './request.ts';

export interface LdifRecord {
  dn: string;
  attributes: AttributeValues[];
  /** of the dn: line, from 1 */
  line: number;
}

/** Text that is no LDIF; the message names file and line. */
export class LdifError extends Error {
  override name = 'LdifError';
}

/** Parses content records. `file` is for the messages. */
export function parseLdif(text: string, file: string): LdifRecord[] {
  const lines = text.split('\n');
  const records: LdifRecord[] = [];
  let record: LdifRecord | null = null;
  for (let i = 0; i < lines.length;) {
    const start = i;
    let line = withoutReturn(lines[i++]!);
    // RFC 2849 note 2: a line that starts with a space continues the one before.
    while (i < lines.length && lines[i]!.startsWith(' ')) line += withoutReturn(lines[i++]!).slice(1);
    if (line === '') record = null;
    else if (line.startsWith('#')) continue;
    else {
      const place = `${file}:${start + 1}`;
      const { name, value } = parseLine(line, place);
      const lower = name.toLowerCase();
      if (record !== null) addValue(record, { name, lower, value }, place);
      else if (lower === 'dn') {
        record = { dn: utf8.decode(value), attributes: [], line: start + 1 };
        records.push(record);
      } else if (lower !== 'version' || records.length > 0) {
        throw new LdifError(`${place}: expected "dn: …" at the start of a record, found "${name}"`);
      }
    }
  }
  return records;
}

function addValue(
  record: LdifRecord,
  line: { name: string; lower: string; value: Uint8Array },
  place: string,
): void {
  const { name, lower, value } = line;
  if (lower === 'dn') throw new LdifError(`${place}: expected an empty line before the next "dn:"`);
  if (lower === 'changetype') {
    const kind = utf8.decode(value);
    if (kind !== 'add') throw new LdifError(`${place}: expected changetype add, found "${kind}"`);
    return;
  }
  const { attributes } = record;
  const last = attributes[attributes.length - 1];
  if (last?.type === name) last.values.push(value);
  else {
    const earlier = attributes.find(({ type }) => type.toLowerCase() === lower);
    if (earlier === undefined) attributes.push({ type: name, values: [value] });
    else earlier.values.push(value);
  }
}

function parseLine(line: string, place: string): { name: string; value: Uint8Array } {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon);
  if (colon <= 0 || !/^[A-Za-z0-9][A-Za-z0-9.;-]*$/.test(name)) {
    throw new LdifError(`${place}: expected "attribute: value", found "${line.slice(0, 60)}"`);
  }
  if (line[colon + 1] === ':') {
    const value = base64.decode(line.slice(colon + 2).trim());
    if (value === null) throw new LdifError(`${place}: expected base64 after "${name}::"`);
    return { name, value };
  }
  if (line[colon + 1] === '<') throw new LdifError(`${place}: a value by URL ("${name}:<") is not supported`);
  return { name, value: utf8.encode(line.slice(colon + 1).replace(/^ +/, '')) };
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
