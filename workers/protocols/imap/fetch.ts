/**
 * fetch — what a FETCH asks for
 *
 * STANDARDS  RFC 3501 §6.4.5 (FETCH), §9 (fetch-att, section)
 * ERRORS     DecodeError with Dovecot's words
 */
import { DecodeError } from '../../bytes/byte-reader.ts';

import type { Argument } from './command.ts';

/** A part of a message: which MIME part ([] = the message itself), and what of it. */
export interface Section {
  part: readonly number[];
  text: '' | 'HEADER' | 'HEADER.FIELDS' | 'HEADER.FIELDS.NOT' | 'TEXT' | 'MIME';
  /** of HEADER.FIELDS and HEADER.FIELDS.NOT, in upper case */
  fields: readonly string[];
}

export type FetchItem =
  | { kind: 'FLAGS' | 'UID' | 'INTERNALDATE' | 'RFC822.SIZE' | 'ENVELOPE' | 'BODY' | 'BODYSTRUCTURE' }
  /** label: as it is named in the answer, without the partial */
  | {
      kind: 'section';
      label: string;
      section: Section;
      peek: boolean;
      partial: { offset: number; bytes: number } | null;
    };

const plainItems = [
  'FLAGS',
  'UID',
  'INTERNALDATE',
  'RFC822.SIZE',
  'ENVELOPE',
  'BODY',
  'BODYSTRUCTURE',
] as const;
const fieldsMax = 200;
const partDepthMax = 100;

/** @param argument an item or a list of items. @throws DecodeError */
export function parseFetchItems(argument: Argument | undefined): FetchItem[] {
  if (argument === undefined || argument.kind === 'string') throw new DecodeError(0, 'FETCH list is empty.');
  const names = argument.kind === 'list' ? argument.items : [argument];
  if (names.length === 0) throw new DecodeError(0, 'FETCH list is empty.');
  return names.flatMap((item) => {
    if (item.kind !== 'atom') throw new DecodeError(0, 'FETCH list contains non-strings.');
    // RFC 3501 §6.4.5: the macros stand alone, not in a list.
    return (argument.kind === 'atom' ? macro(item.text) : null) ?? [parseFetchItem(item.text)];
  });
}

/** Parses what is between the brackets: "1.2.MIME", "HEADER.FIELDS (From To)". @returns null: it is none */
export function parseSection(text: string): Section | null {
  const match = /^((?:[1-9][0-9]{0,9}(?:\.|$))*)(.*)$/s.exec(text);
  const part = match![1]!
    .split('.')
    .filter((digits) => digits !== '')
    .map(Number);
  const rest = match![2]!.toUpperCase();
  if (part.length > partDepthMax || (rest === '' && match![1]!.endsWith('.'))) return null;
  if (rest === '' || rest === 'HEADER' || rest === 'TEXT') return { part, text: rest, fields: [] };
  if (rest === 'MIME') return part.length === 0 ? null : { part, text: 'MIME', fields: [] };
  const fields = /^(HEADER\.FIELDS(?:\.NOT)?) \(([^()]*)\)$/.exec(rest);
  if (fields === null) return null;
  const names = fields[2]!
    .split(' ')
    .filter((name) => name !== '')
    .map((name) => name.replace(/^"(.*)"$/, '$1'));
  if (names.length === 0 || names.length > fieldsMax) return null;
  return { part, text: fields[1] as 'HEADER.FIELDS', fields: names };
}

function macro(text: string): FetchItem[] | null {
  const fast: FetchItem[] = [{ kind: 'FLAGS' }, { kind: 'INTERNALDATE' }, { kind: 'RFC822.SIZE' }];
  switch (text.toUpperCase()) {
    case 'FAST':
      return fast;
    case 'ALL':
      return [...fast, { kind: 'ENVELOPE' }];
    case 'FULL':
      return [...fast, { kind: 'ENVELOPE' }, { kind: 'BODY' }];
    default:
      return null;
  }
}

function parseFetchItem(text: string): FetchItem {
  const name = text.toUpperCase();
  const plain = plainItems.find((item) => item === name);
  if (plain !== undefined) return { kind: plain };
  const old = { RFC822: '', 'RFC822.HEADER': 'HEADER', 'RFC822.TEXT': 'TEXT' }[name];
  if (old !== undefined) {
    const section = { part: [], text: old as Section['text'], fields: [] };
    return { kind: 'section', label: name, section, peek: name === 'RFC822.HEADER', partial: null };
  }
  const match = /^BODY(\.PEEK)?\[([^\]]*)\](?:<([0-9]{1,10})\.([0-9]{1,10})>)?$/s.exec(name);
  if (match === null) throw new DecodeError(0, `Unknown parameter ${name}`);
  const section = parseSection(match[2]!);
  if (section === null) throw new DecodeError(0, 'Invalid BODY[..] parameter: Unknown section');
  const partial = match[3] === undefined ? null : { offset: Number(match[3]), bytes: Number(match[4]) };
  if (partial !== null && partial.bytes === 0)
    throw new DecodeError(0, 'Invalid BODY[..] parameter: Invalid partial');
  return {
    kind: 'section',
    label: `BODY[${sectionLabel(section)}]`,
    section,
    peek: match[1] !== undefined,
    partial,
  };
}

function sectionLabel({ part, text, fields }: Section): string {
  const parts = [...part.map(String), ...(text === '' ? [] : [text])].join('.');
  return fields.length === 0 ? parts : `${parts} (${fields.join(' ')})`;
}
