/**
 * part — the tree of a message's MIME parts, by offsets into the message
 *
 * Nothing is decoded or copied. A message that is not MIME is one text/plain part. Depth and number of parts
 * are bounded as Dovecot bounds them; what is deeper is a leaf.
 *
 * STANDARDS  RFC 2045 §5.2 (defaults), RFC 2046 §5.1 (multipart), §5.2.1 (message/rfc822)
 */
import * as ascii from '../../bytes/ascii.ts';

import { parseHeader } from '../message/header.ts';

import { parameterOf, parseParameterized, type ParameterizedValue } from './content-type.ts';

export interface PartField {
  name: string;
  /** unfolded, one character per byte */
  value: string;
  /** offsets of the whole field in the message */
  start: number;
  end: number;
}

export interface MimePart {
  fields: PartField[];
  headerStart: number;
  /** the body's first byte, after the empty line */
  bodyStart: number;
  bodyEnd: number;
  /** lower case, "text" and "plain" */
  type: string;
  subtype: string;
  contentType: ParameterizedValue;
  /** of a multipart */
  children: MimePart[];
  /** of message/rfc822: the message inside */
  message: MimePart | null;
}

const depthMax = 100; // Dovecot: MESSAGE_PARSER_DEFAULT_MAX_NESTED_MIME_PARTS
const partsMax = 10_000; // Dovecot: MESSAGE_PARSER_DEFAULT_MAX_TOTAL_MIME_PARTS

/** Parses a whole message. */
export function parseMessage(bytes: Uint8Array): MimePart {
  return parsePart({ bytes, parts: 0 }, { start: 0, end: bytes.length, depth: 0, digest: false });
}

/** The first field called `name` (lower case), null when there is none. */
export function fieldOf(part: MimePart, name: string): string | null {
  for (const field of part.fields) if (field.name.toLowerCase() === name) return field.value;
  return null;
}

/** Lines of a part's body, as BODYSTRUCTURE counts them. */
export function bodyLines(bytes: Uint8Array, part: MimePart): number {
  let lines = 0;
  for (
    let at = bytes.indexOf(lf, part.bodyStart);
    at !== -1 && at < part.bodyEnd;
    at = bytes.indexOf(lf, at + 1)
  )
    lines++;
  return lines;
}

const lf = 0x0a;
const cr = 0x0d;
const dash = 0x2d;

interface Parse {
  bytes: Uint8Array;
  parts: number;
}

interface Range {
  start: number;
  end: number;
  depth: number;
  /** inside multipart/digest, where the default is message/rfc822 */
  digest: boolean;
}

function parsePart(parse: Parse, { start, end, depth, digest }: Range): MimePart {
  parse.parts++;
  const { bytes } = parse;
  const view = bytes.subarray(start, end);
  const header = parseHeader(view);
  const fields = header.fields.map(({ name, start: from, end: to }): PartField => {
    const text = ascii.decode(view, from, to);
    const value = text
      .slice(text.indexOf(':') + 1)
      .replace(/\r?\n(?=[ \t])/g, '')
      .trim();
    return { name, value, start: start + from, end: start + to };
  });
  const written = fields.find((field) => field.name.toLowerCase() === 'content-type');
  const contentType = parseParameterized(written?.value ?? (digest ? 'message/rfc822' : 'text/plain'));
  const match = /^([^\s/]+)\/([^\s/]+)$/.exec(contentType.value.toLowerCase());
  const part: MimePart = {
    fields,
    headerStart: start,
    bodyStart: start + header.bodyStart,
    bodyEnd: end,
    type: match?.[1] ?? 'text',
    subtype: match?.[2] ?? 'plain',
    contentType,
    children: [],
    message: null,
  };
  if (depth >= depthMax) return part;
  const boundary = part.type === 'multipart' ? parameterOf(contentType, 'boundary') : null;
  if (boundary !== null && boundary !== '') part.children = parseChildren(parse, part, boundary, depth);
  if (part.type === 'message' && part.subtype === 'rfc822' && parse.parts < partsMax)
    part.message = parsePart(parse, { start: part.bodyStart, end, depth: depth + 1, digest: false });
  return part;
}

// RFC 2046 §5.1.1: the line end before a delimiter belongs to the delimiter.
function parseChildren(parse: Parse, part: MimePart, boundary: string, depth: number): MimePart[] {
  const { bytes } = parse;
  const delimiter = ascii.encode(`--${boundary}`);
  const children: MimePart[] = [];
  let childStart = -1;
  for (let at = part.bodyStart; at < part.bodyEnd && parse.parts < partsMax;) {
    const next = bytes.indexOf(lf, at);
    const lineEnd = next === -1 || next >= part.bodyEnd ? part.bodyEnd : next + 1;
    if (bytes[at] === dash && startsWith(bytes, at, delimiter) && at + delimiter.length <= lineEnd) {
      if (childStart !== -1)
        children.push(
          child(parse, { part, start: childStart, end: beforeLineEnd(bytes, at, childStart), depth }),
        );
      const after = at + delimiter.length;
      const closes = bytes[after] === dash && bytes[after + 1] === dash && after + 2 <= lineEnd;
      childStart = closes ? -1 : lineEnd;
      if (closes) return children;
    }
    at = lineEnd;
  }
  if (childStart !== -1 && parse.parts < partsMax)
    children.push(child(parse, { part, start: childStart, end: part.bodyEnd, depth }));
  return children;
}

function child(parse: Parse, range: { part: MimePart; start: number; end: number; depth: number }): MimePart {
  const { start, end, depth, part } = range;
  return parsePart(parse, {
    start,
    end: Math.max(start, end),
    depth: depth + 1,
    digest: part.subtype === 'digest',
  });
}

function startsWith(bytes: Uint8Array, at: number, prefix: Uint8Array): boolean {
  for (let i = 0; i < prefix.length; i++) if (bytes[at + i] !== prefix[i]) return false;
  return true;
}

function beforeLineEnd(bytes: Uint8Array, at: number, min: number): number {
  let end = at;
  if (end > min && bytes[end - 1] === lf) end--;
  if (end > min && bytes[end - 1] === cr) end--;
  return end;
}
