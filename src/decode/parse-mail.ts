/**
 * parse-mail — a message by mailparser, mapped to plain data
 *
 * Runs in mail.worker.ts, and in Node as it is. mailparser cuts the message into chunks on the way through its splitter;
 * counting them gives each part its bytes.
 */
import { MailParser, type AddressObject, type AttachmentStream, type MessageText } from 'mailparser';

import { parseDate } from '../../workers/protocols/message/date.ts';
import { getField, parseHeader } from '../../workers/protocols/message/header.ts';

import type { Attachment, HeaderLine, MailAddress, MimePart, ParsedMail } from './parsed-mail.ts';

/** A chunk of mailparser's splitter: a header section, a piece of a body, or what lies between parts. */
type Chunk = ({ type: 'node' } & SplitNode) | { type: 'body' | 'data'; value: Uint8Array };

interface SplitNode {
  root: boolean;
  multipart: string | false;
  parentNode: SplitNode | null;
  partNr: (number | string)[];
  contentType: string | false;
  charset: string | false;
  encoding: string | false;
  filename: string | false;
  disposition: string | false;
  getHeaders(): Uint8Array;
}

/** What of mailparser its types leave out. */
interface Inside {
  processChunk(chunk: Chunk, done: (error?: Error) => void): void;
  end(content: Uint8Array): void;
  libmime: { decodeWords(text: string): string };
}

const textCharsMax = 2_000_000;

/** @throws Error with the parser's words when it gives up */
export async function parseMail(content: Uint8Array): Promise<ParsedMail> {
  const parser = new MailParser({ skipTextToHtml: true, skipImageLinks: true, checksumAlgo: false });
  const inside = parser as unknown as Inside;
  const tree = new TreeBuilder();
  const processChunk = inside.processChunk.bind(parser);
  inside.processChunk = (chunk, done) => {
    tree.add(chunk);
    processChunk(chunk, done);
  };
  const { text, attachments } = await readAll(parser, content);
  const section = parseHeader(content);
  const sent = parseDate(getField(section, 'Date') ?? ''); // the parser takes what it cannot read for now
  const decode = (value: string) => (value.includes('=?') ? inside.libmime.decodeWords(value) : value);
  const headers = section.fields.map(({ name, value, start, end }): HeaderLine => {
    const trimmed = value.trim();
    return { name, value: trimmed, decoded: decode(trimmed), start, end };
  });
  return {
    headers,
    bodyStart: section.bodyStart,
    bytes: content.length,
    root: tree.finish(content.length),
    subject: parser.subject ?? '',
    from: addresses(parser.from),
    to: addresses(parser.to),
    cc: addresses(parser.cc),
    replyTo: addresses(parser.replyTo),
    date: sent === null ? null : sent / 1000,
    messageId: parser.messageId ?? '',
    inReplyTo: parser.inReplyTo ?? '',
    text: text.text.slice(0, textCharsMax),
    htmlSource: text.html.slice(0, textCharsMax),
    attachments,
  };
}

interface Read {
  text: { text: string; html: string };
  attachments: Attachment[];
}

function readAll(parser: MailParser, content: Uint8Array): Promise<Read> {
  const read: Read = { text: { text: '', html: '' }, attachments: [] };
  return new Promise((resolve, reject) => {
    parser.on('error', reject);
    parser.on('data', (found: AttachmentStream | MessageText) => {
      if (found.type === 'text') read.text = { text: found.text ?? '', html: found.html || '' };
      else readAttachment(found, read.attachments);
    });
    parser.on('end', () => resolve(read));
    (parser as unknown as Inside).end(asBuffer(content));
  });
}

/** The same bytes as Node's Buffer, or its stand-in: the parser takes any other Uint8Array for something else. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  const { Buffer } = globalThis as unknown as { Buffer: { from(...of: unknown[]): Uint8Array } };
  return Buffer.from(buffer, byteOffset, byteLength);
}

function readAttachment(found: AttachmentStream, attachments: Attachment[]): void {
  let bytes = 0;
  found.content.on('data', (piece: Uint8Array) => (bytes += piece.length));
  found.content.on('end', () => {
    const { contentType, filename } = found;
    attachments.push({ part: found.partId ?? '', type: contentType, filename: filename || '', bytes });
    found.release?.();
  });
}

function addresses(of: AddressObject | AddressObject[] | undefined): MailAddress[] {
  if (of === undefined) return [];
  return [of]
    .flat()
    .flatMap(({ value }) =>
      value.flatMap((one): MailAddress[] => [
        { name: one.name, address: one.address ?? '' },
        ...(one.group ?? []).map((member) => ({ name: member.name, address: member.address ?? '' })),
      ]),
    );
}

/** Puts the parts into a tree and measures them. */
class TreeBuilder {
  #at = 0;
  #root: MimePart | null = null;
  #last: MimePart | null = null;
  readonly #parts = new Map<SplitNode, MimePart>();

  add(chunk: Chunk): void {
    if (chunk.type === 'node') this.#node(chunk);
    else {
      this.#at += chunk.value.length;
      if (chunk.type === 'body' && this.#last !== null) this.#last.end = this.#at;
    }
  }

  #node(node: SplitNode): void {
    const start = this.#at;
    this.#at += node.getHeaders().length;
    const part: MimePart = {
      number: node.root ? '' : node.partNr.filter((nr) => typeof nr === 'number').join('.'),
      type: node.contentType || 'text/plain', // RFC 2045 §5.2
      charset: node.charset || '',
      encoding: node.encoding || '',
      filename: node.filename || '',
      disposition: node.disposition || '',
      start,
      bodyStart: this.#at,
      end: this.#at,
      children: [],
    };
    this.#parts.set(node, part);
    const parent = node.parentNode === null ? undefined : this.#parts.get(node.parentNode);
    if (parent !== undefined) parent.children.push(part);
    this.#root ??= part;
    this.#last = part;
  }

  finish(bytes: number): MimePart {
    const root = this.#root ?? emptyPart();
    root.end = bytes;
    spanChildren(root);
    return root;
  }
}

/** A part that holds others reaches at least to the end of its last one. */
function spanChildren(part: MimePart): number {
  for (const child of part.children) part.end = Math.max(part.end, spanChildren(child));
  return part.end;
}

function emptyPart(): MimePart {
  const text = { number: '', type: 'text/plain', charset: '', encoding: '', filename: '', disposition: '' };
  return { ...text, start: 0, bodyStart: 0, end: 0, children: [] };
}
