/**
 * response — what an IMAP server says, as a client reads it
 *
 * A response is parsed from all of its bytes, literals in their places, like a command.
 *
 * STANDARDS  RFC 3501 §7, §9 (response-data, resp-text)
 * ERRORS     DecodeError: malformed
 */
import * as ascii from '../../bytes/ascii.ts';
import { DecodeError } from '../../bytes/byte-reader.ts';

import { parseArguments, type Argument } from './command.ts';

export type Status = 'OK' | 'NO' | 'BAD' | 'PREAUTH' | 'BYE';

export type Response =
  | { kind: 'continuation'; text: string }
  /** tag '*' = untagged; code without brackets, '' = none */
  | { kind: 'status'; tag: string; status: Status; code: string; text: string }
  /** "* 3 EXISTS": number 3, name EXISTS; number null when there is none */
  | { kind: 'untagged'; name: string; number: number | null; data: Argument[] };

/** @throws DecodeError */
export function parseResponse(bytes: Uint8Array): Response {
  const line = ascii.decode(bytes, 0, Math.min(bytes.length, lineBytesMax));
  if (line.startsWith('+')) return { kind: 'continuation', text: line.slice(1).trim() };
  const status = /^(\S+) (OK|NO|BAD|PREAUTH|BYE)(?: +(.*))?$/is.exec(line);
  if (status !== null) {
    const text = /^(?:\[([^\]]*)\] ?)?(.*)$/s.exec(status[3] ?? '')!;
    return {
      kind: 'status',
      tag: status[1]!,
      status: status[2]!.toUpperCase() as Status,
      code: text[1] ?? '',
      text: text[2]!.trim(),
    };
  }
  const untagged = /^\* (?:(\d{1,10}) )?([A-Za-z][A-Za-z0-9-]*)/.exec(line);
  if (untagged === null) throw new DecodeError(0, 'expected an untagged response');
  return {
    kind: 'untagged',
    number: untagged[1] === undefined ? null : Number(untagged[1]),
    name: untagged[2]!.toUpperCase(),
    data: parseArguments(bytes, untagged[0].length),
  };
}

/** The items of a FETCH response by upper-case name; UID, FLAGS, BODY[], … */
export function fetchItems(response: Response): ReadonlyMap<string, Argument> {
  const items = new Map<string, Argument>();
  const list = response.kind === 'untagged' ? response.data[0] : undefined;
  if (list?.kind !== 'list') return items;
  for (let i = 0; i + 1 < list.items.length; i += 2) {
    const name = list.items[i]!;
    if (name.kind === 'atom') items.set(name.text.toUpperCase(), list.items[i + 1]!);
  }
  return items;
}

const lineBytesMax = 8192;
