/**
 * esmtp-parameters — the values of ESMTP parameters of MAIL and RCPT: xtext, SIZE, DSN
 *
 * STANDARDS  RFC 1870 (SIZE), RFC 3461 §4 (NOTIFY, ORCPT, RET, ENVID, xtext), RFC 6533 §3 (utf-8-addr-xtext)
 */

/** Undoes xtext (RFC 3461 §4). @returns null when a "+" is not followed by two hexadecimal digits */
export function decodeXtext(text: string): string | null {
  if (!text.includes('+')) return text;
  if (/\+(?![0-9A-Fa-f]{2})/.test(text)) return null;
  return text.replace(/\+([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** Undoes utf-8-addr-xtext (RFC 6533 §3): \x{HEX}. @returns null when that is malformed, or no code point */
export function decodeUnitext(text: string): string | null {
  if (/\\x\{(?![0-9A-Fa-f]{0,8}\})/.test(text)) return null;
  let valid = true;
  const decoded = text.replace(/\\x\{([0-9A-Fa-f]*)\}/g, (_, hex: string) => {
    const point = hex === '' ? 0 : parseInt(hex, 16);
    if (point > 0x10ffff) valid = false;
    return valid && point > 0 ? String.fromCodePoint(point) : '';
  });
  return valid ? decoded : null;
}

/**
 * NOTIFY in canonical order, upper case; null when malformed, with what is unknown in it when that is the
 * reason.
 */
export function parseNotify(value: string): { notify: string } | { unknown: string } | null {
  const words = value
    .toUpperCase()
    .split(',')
    .filter((word) => word !== '');
  const unknown = words.find((word) => !notifyWords.includes(word));
  if (unknown !== undefined) return { unknown };
  if (words.length === 0 || (words.includes('NEVER') && words.some((word) => word !== 'NEVER'))) return null;
  return { notify: notifyWords.filter((word) => words.includes(word)).join(',') };
}

/** ORCPT "type;xtext" decoded; null when malformed. */
export function parseOriginalRecipient(value: string): string | null {
  const semicolon = value.indexOf(';');
  if (semicolon <= 0) return null;
  const type = value.slice(0, semicolon);
  const coded = value.slice(semicolon + 1);
  const address = type.toLowerCase() === 'utf-8' ? decodeUnitext(coded) : decodeXtext(coded);
  return address === null ? null : `${type};${address}`;
}

/** ENVID decoded; null when malformed or not printable. */
export function parseEnvelopeId(value: string): string | null {
  const id = decodeXtext(value);
  return id === null || !/^[\x20-\x7e]+$/.test(id) ? null : id;
}

const notifyWords = ['NEVER', 'SUCCESS', 'FAILURE', 'DELAY'];
