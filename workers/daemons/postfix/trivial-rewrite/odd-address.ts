/**
 * odd-address — the destination of an address that is not user@domain and nothing else: routes, quotes,
 * literals, local names
 *
 * SEE ALSO  resolve.ts, ADDRESS_CLASS_README; postconf(5) "resolve_dequoted_address", "allow_percent_hack"
 */
import { quoteLocalPart } from '../../../protocols/smtp/address.ts';
import {
  formatLexemes,
  isOperator,
  scanAddress,
  type Lexeme,
} from '../../../protocols/smtp/address-lexemes.ts';
import {
  isAddressLiteral,
  isHostName,
  isMailHostAddress,
  isUtf8HostName,
} from '../../../protocols/smtp/host-name.ts';

import type { Proc } from '../../../os/os.ts';

import type { MatchResult } from '../maps/match-list.ts';
import type { Parameters } from '../parameters.ts';

import { badAddress } from './resolve.ts';
import { dropLastDot, lastOperator, operator, rewriteLexemes } from './rewrite.ts';
import type { Resolution } from './route.ts';

const stepsMax = 100; // more than the address has characters

/** What tells a domain of ours. */
export interface Rules {
  parameters: Parameters;
  isLocal: (domain: string) => Proc<MatchResult>;
}

/** Where the address leads, in the form that is delivered to. */
export interface OddDestination {
  recipient: string;
  /** lower case */
  domain: string;
  isLocal: boolean;
  /** see Resolution */
  routed: boolean;
}

type Failure = Extract<Resolution, { kind: 'try-again' | 'bad-address' }>;

/** The domains of ours are taken off until a foreign one, or nothing but a local part, is left. */
export function* findDestination(rules: Rules, address: string): Proc<OddDestination | Failure> {
  const { parameters } = rules;
  const stripped = yield* strip(rules, address);
  if ('kind' in stripped) return stripped;
  let recipient = formatLexemes(stripped.lexemes);
  let { isLocal } = stripped;
  const at = recipient.lastIndexOf('@');
  let domain = recipient.slice(at + 1);
  if (!isDomain(parameters, domain)) {
    if (!isMailHostAddress(domain) || !parameters.bool('resolve_numeric_domain')) return badAddress;
    domain = `[${domain}]`;
    recipient = recipient.slice(0, at + 1) + domain;
    isLocal = (yield* rules.isLocal(domain)).kind === 'yes';
  }
  const routed = recipient.search(/[@!%]/) !== at; // "user@other@here" may go on from there
  return { recipient, domain: domain.toLowerCase(), isLocal, routed };
}

function* strip(rules: Rules, address: string): Proc<{ lexemes: Lexeme[]; isLocal: boolean } | Failure> {
  const { parameters } = rules;
  let lexemes = scanAddress(quoteLocalPart(address));
  let ours: Lexeme[] | null = null; // "@" and the domain last taken off
  for (let step = 0; step < address.length + stepsMax; step++) {
    if (lastOperator(lexemes, '@') !== -1) dropLastDot(lexemes);
    if (parameters.bool('resolve_null_domain') && isOperator(lexemes[lexemes.length - 1], '@')) lexemes.pop();
    const at = lastOperator(lexemes, '@');
    if (at !== -1 && at < lexemes.length - 1) {
      const isLocal = yield* rules.isLocal(formatLexemes(lexemes.slice(at + 1)));
      if (isLocal.kind === 'try-again') return isLocal;
      if (isLocal.kind === 'no') return { lexemes, isLocal: false };
    }
    if (at !== -1) ours = lexemes.splice(at);
    const next = further(parameters, lexemes);
    if (next !== null) {
      lexemes = next;
      rewriteLexemes(parameters, lexemes);
      continue;
    }
    const isEmpty = lexemes.length === 1 && lexemes[0]!.type === 'quoted' && lexemes[0]!.text === '';
    if (isEmpty || lexemes.length === 0) lexemes = scanAddress(parameters.text('empty_address_recipient'));
    else if (ours === null) lexemes.push(operator('@'), ...scanAddress(parameters.text('myhostname')));
    else return { lexemes: [...lexemes, ...ours], isLocal: true };
  }
  return badAddress;
}

// What is left at a domain of ours may name another: user@other, user%other, other!user, also in quotes
// (resolve_dequoted_address). @returns null when it does not
function further(parameters: Parameters, lexemes: Lexeme[]): Lexeme[] | null {
  const percent = parameters.bool('allow_percent_hack');
  const bang = parameters.bool('swap_bangpath');
  const routing = `@${bang ? '!' : ''}${percent ? '%' : ''}`;
  if (lexemes.some((lexeme) => isOperator(lexeme, routing))) return lexemes;
  const only = lexemes.length === 1 ? lexemes[0]! : null;
  if (only?.type !== 'quoted' || !parameters.bool('resolve_dequoted_address')) return null;
  if (only.text.includes('@')) return scanAddress(quoteLocalPart(only.text));
  const hack = percent ? only.text.lastIndexOf('%') : -1;
  if (hack !== -1)
    return scanAddress(quoteLocalPart(`${only.text.slice(0, hack)}@${only.text.slice(hack + 1)}`));
  return bang && only.text.includes('!') ? scanAddress(only.text) : null;
}

function isDomain(parameters: Parameters, domain: string): boolean {
  if (domain.startsWith('[')) return isAddressLiteral(domain);
  return parameters.bool('smtputf8_enable') ? isUtf8HostName(domain) : isHostName(domain);
}
