/**
 * address — the address in an envelope command, from its quoted form on the wire to the form used inside
 *
 * Clients put header-style addresses ("Bob <b@x> (home)") where RFC 5321 wants a path; the address is found
 * in them by the rules of RFC 822, from right to left, as Postfix does.
 *
 * STANDARDS  RFC 5321 §4.1.2 (paths; source routes are cut off, appendix C), RFC 822 §6
 */

import { isOperator, scanAddress, type Lexeme } from './address-lexemes.ts';

export interface EnvelopeAddress {
  /** without quotes, backslashes, brackets and source route; '' = the null reverse-path */
  address: string;
  /** only a path in <> and nothing else: what strict_rfc821_envelopes asks for */
  strict: boolean;
}

/** Finds the one address in a token. @returns null when there are two or more */
export function parseEnvelopeAddress(token: string): EnvelopeAddress | null {
  const bracketed = token.startsWith('<') && token.endsWith('>');
  let text = bracketed ? token.slice(1, -1) : token;
  const colon = text.startsWith('@') ? text.indexOf(':') : -1;
  if (colon >= 0) text = text.slice(colon + 1);
  if (plainAddress.test(text)) return { address: text, strict: token.startsWith('<') };
  const lexemes = scanAddress(text);
  const words = lexemes.filter((lexeme) => lexeme.type !== 'comment');
  const { addresses, isMore } = group(words);
  if (addresses.length > 1) return null;
  const strict = !isMore && lexemes.length === words.length && token.startsWith('<');
  return { address: (addresses[0] ?? []).map((lexeme) => lexeme.text).join(''), strict };
}

/** Quotes the local part where RFC 5322 needs it, for a header: `a b@x` → `"a b"@x`. */
export function quoteLocalPart(address: string): string {
  // A source route "@a,@b:" stays in front.
  const from = address.startsWith('@') ? address.indexOf(':') + 1 : 0;
  const last = address.lastIndexOf('@');
  const at = last < from ? address.length : last;
  const local = address.slice(from, at);
  if (local !== '' && dotAtom.test(local)) return address;
  return `${address.slice(0, from)}"${local.replace(/["\\\r]/g, '\\$&')}"${address.slice(at)}`;
}

/** An address as log lines and reports show it: quoted where it must be; '' stays ''. */
export function shownAddress(address: string): string {
  return address === '' ? '' : quoteLocalPart(address);
}

/** The domain behind the last "@"; '' when there is none. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 0 ? '' : address.slice(at + 1);
}

const plainAddress = /^[\w+'*/=?^{}~#$&-][\w.+'*/=?^{}~#$&-]*@[A-Za-z0-9.-]+$/;
const dotAtom = /^[^\x00-\x20()<>@,;:\\".[\]\x7f]+(\.[^\x00-\x20()<>@,;:\\".[\]\x7f]+)*$/;
// RFC 822, from right to left: what stands between separators is an address; what stands before <route> is a
// phrase, and so is the name of a group "name:a,b;". isMore: there is more than the addresses and their <>.
function group(words: readonly Lexeme[]): { addresses: Lexeme[][]; isMore: boolean } {
  const addresses: Lexeme[][] = [];
  let grouped = 0;
  let isUnseparated = false; // another address follows without a comma
  let right = words.length;
  let afterWord = false;
  let inGroup = false;
  const take = (left: number): boolean => {
    const isAddress = left + 1 < right;
    if (isAddress) {
      addresses.unshift(words.slice(left + 1, right));
      grouped += right - left - 1;
    }
    right = left;
    return isAddress;
  };
  for (let i = words.length - 1; i >= 0; i--) {
    const { type, text } = words[i]!;
    if (type !== 'operator') {
      if (afterWord) {
        if (take(i)) isUnseparated = true; // two words side by side
        right = i + 1;
      }
      afterWord = true;
      continue;
    }
    afterWord = false;
    const startsGroup = text === ':' && inGroup;
    if (text === ',' || text === ';' || startsGroup) {
      if (take(i) && text === ';') isUnseparated = true;
      inGroup ||= text === ';';
    } else if (text === '>') {
      if (take(i)) isUnseparated = true;
      while (i >= 0 && !isOperator(words[i], '<')) i--;
      take(i);
      if (i >= 0) grouped += 2;
      else grouped++;
    } else continue;
    if (text !== '>' && !startsGroup) continue;
    while (i > 0 && !isOperator(words[i - 1], startsGroup ? ',' : '>;,:')) i--;
    right = Math.max(0, i - 1);
  }
  take(-1);
  return { addresses, isMore: isUnseparated || grouped < words.length };
}
