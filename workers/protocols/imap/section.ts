/**
 * section — the bytes that BODY[section] names
 *
 * STANDARDS  RFC 3501 §6.4.5
 */
import { concat } from '../../bytes/concat.ts';
import type { MimePart, PartField } from '../mime/part.ts';

import type { Section } from './fetch.ts';

const nothing = new Uint8Array(0);
const crlf = new Uint8Array([0x0d, 0x0a]);

/** @returns a view where that is possible; nothing when there is no such part */
export function extractSection(bytes: Uint8Array, message: MimePart, section: Section): Uint8Array {
  const part = findPart(message, section.part);
  if (part === null) return nothing;
  // HEADER and TEXT of a part are of the message inside it; of the whole message when no part is named.
  const inner = section.part.length === 0 ? part : part.message;
  switch (section.text) {
    case '':
      return section.part.length === 0 ? bytes : bytes.subarray(part.bodyStart, part.bodyEnd);
    case 'MIME':
      return bytes.subarray(part.headerStart, part.bodyStart);
    case 'HEADER':
      return inner === null ? nothing : bytes.subarray(inner.headerStart, inner.bodyStart);
    case 'TEXT':
      return inner === null ? nothing : bytes.subarray(inner.bodyStart, inner.bodyEnd);
    case 'HEADER.FIELDS':
    case 'HEADER.FIELDS.NOT': {
      if (inner === null) return nothing;
      const wanted = section.text === 'HEADER.FIELDS';
      return joinFields(
        bytes,
        inner.fields.filter((field) => section.fields.includes(field.name.toUpperCase()) === wanted),
      );
    }
  }
}

/** RFC 3501 §6.4.5: a message that is no multipart has one part, 1; those of an inner message count on. */
function findPart(message: MimePart, numbers: readonly number[]): MimePart | null {
  let part = message;
  for (const [level, number] of numbers.entries()) {
    const holder = part.message ?? part;
    if (holder.children.length > 0) {
      const child = holder.children[number - 1];
      if (child === undefined) return null;
      part = child;
    } else {
      const isOnly = number === 1 && (level === 0 || part.message !== null);
      if (!isOnly) return null;
      part = holder;
    }
  }
  return part;
}

function joinFields(bytes: Uint8Array, fields: readonly PartField[]): Uint8Array {
  const pieces = [...fields.map((field) => bytes.subarray(field.start, field.end)), crlf];
  return concat(pieces);
}
