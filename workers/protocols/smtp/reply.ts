/**
 * reply — the text of SMTP replies: enhanced status codes, printable text
 *
 * A reply is its lines joined by CRLF, each with the code in front; "-" after the code says that a line
 * follows.
 *
 * STANDARDS  RFC 5321 §4.2 (replies), RFC 3463 and RFC 2034 (enhanced status codes)
 */

/** Lines with one code: ("250", ["mx.example", "SIZE"]) → "250-mx.example\r\n250 SIZE". */
export function formatReply(code: string, lines: readonly string[]): string {
  let text = '';
  const last = lines.length - 1;
  for (let i = 0; i < last; i++) text += `${code}-${lines[i]!}\r\n`;
  return last < 0 ? '' : `${text}${code} ${lines[last]!}`;
}

/** Splits "4.7.1 Later" into status and text; without a status the given one is taken. */
export function splitStatus(text: string, defaultStatus: string): { status: string; text: string } {
  const match = /^([245]\.\d{1,3}\.\d{1,3})(?:\s+(.*))?$/s.exec(text);
  return match === null ? { status: defaultStatus, text } : { status: match[1]!, text: match[2] ?? '' };
}

/** Replaces what is not printable; letters beyond ASCII stay (RFC 6531). */
export function printable(text: string, instead: string): string {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x20 || c === 0x7f) return text.replace(/[\x00-\x1f\x7f]/g, instead);
  }
  return text;
}

/** The same for text that is to be ASCII: each octet beyond it is replaced. */
export function printableAscii(text: string, instead: string): string {
  let shown = '';
  for (const c of text) {
    const point = c.codePointAt(0)!;
    const octets = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    shown += point >= 0x20 && point < 0x7f ? c : instead.repeat(octets);
  }
  return shown;
}

/** Escapes bytes for a log line, as escape(3) of Postfix: "\r\n", "\022". */
export function escapeForLog(text: string): string {
  return text.replace(
    /[^\x20-\x5b\x5d-\x7e]/g,
    (c) => escapes.get(c) ?? `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
]);
