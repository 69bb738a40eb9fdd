/**
 * rewrite — addresses in their standard form: user@domain with a complete domain
 *
 * SIMPLIFIED: the "remote" rewriting context (remote_header_rewrite_domain) is empty, as by default: nothing
 * is rewritten in it.
 *
 * SEE ALSO  trivial-rewrite(8), ADDRESS_REWRITING_README
 */
import { quoteLocalPart } from '../../../protocols/smtp/address.ts';
import {
  formatLexemes,
  isOperator,
  scanAddress,
  type Lexeme,
} from '../../../protocols/smtp/address-lexemes.ts';

import type { Parameters } from '../parameters.ts';

/** Completes an address of the envelope, in the form used inside; '' stays ''. */
export function rewriteAddress(parameters: Parameters, address: string): string {
  if (address === '' || plainDomain(address) !== null) return address;
  const lexemes = scanAddress(quoteLocalPart(address));
  rewriteLexemes(parameters, lexemes);
  return formatLexemes(lexemes);
}

/** The same in place; there must be one lexeme at least. */
export function rewriteLexemes(parameters: Parameters, lexemes: Lexeme[]): void {
  if (lexemes.length === 1 && isOperator(lexemes[0], '@')) lexemes[0] = { type: 'quoted', text: '' };
  if (lexemes.length === 1 && lexemes[0]!.type === 'quoted' && lexemes[0]!.text === '') return;
  // RFC 5321 §4.1.2: a source route "@a,@b:user@c" is ignored.
  if (isOperator(lexemes[0], '@')) {
    const colon = lexemes.findIndex((lexeme) => isOperator(lexeme, ':'));
    if (colon !== -1 && colon < lexemes.length - 1) lexemes.splice(0, colon + 1);
  }
  if (lastOperator(lexemes, '@') === -1) giveDomain(parameters, lexemes);
  const at = lastOperator(lexemes, '@');
  const domain = at === -1 ? [] : lexemes.slice(at + 1);
  const isComplete = domain.some((lexeme) => lexeme.type === 'literal' || isOperator(lexeme, '.'));
  if (domain.length > 0 && !isComplete && parameters.bool('append_dot_mydomain'))
    lexemes.push(operator('.'), ...scanAddress(parameters.text('mydomain')));
  dropLastDot(lexemes);
}

/** Drops the dot at the end of a domain; what has two of them, or only one, is left for what it is. */
export function dropLastDot(lexemes: Lexeme[]): void {
  const before = lexemes[lexemes.length - 2];
  if (isOperator(lexemes[lexemes.length - 1], '.') && before !== undefined && !isOperator(before, '.@'))
    lexemes.pop();
}

/** Where the last such operator stands; -1 = nowhere. */
export function lastOperator(lexemes: readonly Lexeme[], text: string): number {
  for (let i = lexemes.length - 1; i >= 0; i--) if (isOperator(lexemes[i], text)) return i;
  return -1;
}

/** An operator as scanAddress() makes it. */
export function operator(text: string): Lexeme {
  return { type: 'operator', text };
}

// "host!user" and "user%host" are user@host; anything else without "@" is a user here.
function giveDomain(parameters: Parameters, lexemes: Lexeme[]): void {
  const bang = lexemes.findIndex((lexeme) => isOperator(lexeme, '!'));
  if (bang !== -1 && parameters.bool('swap_bangpath')) {
    const host = lexemes.splice(0, bang + 1).slice(0, -1);
    lexemes.push(operator('@'), ...host);
    return;
  }
  const percent = lastOperator(lexemes, '%');
  if (percent !== -1 && parameters.bool('allow_percent_hack')) lexemes[percent] = operator('@');
  else if (parameters.bool('append_at_myorigin') && parameters.text('myorigin') !== '')
    lexemes.push(operator('@'), ...scanAddress(parameters.text('myorigin')));
}

/**
 * The domain of an address that rewriting leaves as it is: local part of plain characters, one "@", and a
 * domain with a dot in it. @returns null for any other address, which has to be looked at closely
 */
export function plainDomain(address: string): string | null {
  let at = -1;
  let hasDot = false;
  let previous = dot;
  for (let i = 0; i < address.length; i++) {
    const c = address.charCodeAt(i);
    if (c === atSign) {
      if (at !== -1 || previous === dot) return null;
      at = i;
      previous = dot;
    } else if (c === dot) {
      if (previous === dot) return null;
      hasDot = at !== -1;
      previous = c;
    } else {
      if (!isPlain(c)) return null;
      previous = c;
    }
  }
  return at !== -1 && hasDot && previous !== dot ? address.slice(at + 1) : null;
}

// Letters, digits, "+", "-", "_", "=", "/", "'".
function isPlain(c: number): boolean {
  const lower = c | 0x20;
  if ((lower >= 0x61 && lower <= 0x7a) || (c >= 0x30 && c <= 0x39)) return true;
  return c === 0x2b || c === 0x2d || c === 0x5f || c === 0x3d || c === 0x2f || c === 0x27;
}

const dot = 0x2e;
const atSign = 0x40;

/** The parts around the last @ outside quotes; domain '' when there is none. */
export function splitAddress(address: string): { local: string; domain: string } {
  const at = address.lastIndexOf('@');
  if (at === -1 || (address.endsWith('"') && address.startsWith('"'))) return { local: address, domain: '' };
  return { local: address.slice(0, at), domain: address.slice(at + 1) };
}
