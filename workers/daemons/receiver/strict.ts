/**
 * strict — refuses clients that do not keep to the standards or are not who they say
 *
 * Imitates Postfix: reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname,
 * reject_unknown_helo_hostname, reject_unknown_client_hostname and reject_unknown_sender_domain, said at RCPT
 * as with smtpd_delay_reject = yes; reject_unauth_pipelining, smtpd_forbid_bare_newline = reject, and
 * postscreen's test for who speaks before the greeting. The length of lines: Exim's example configuration.
 *
 * STANDARDS  RFC 5321 §2.3.8 (CRLF), §4.1.4 (HELO), §4.5.3.1.6 (lines), RFC 2920 (pipelining)
 */
import { domainOf } from '../../protocols/smtp/address.ts';
import { isAddressLiteral, isHostName } from '../../protocols/smtp/host-name.ts';

import type { Os, Proc } from '../../os/os.ts';

import { lookup } from '../clients/dns.ts';

import { number, type Values } from './conf.ts';
import { epochSeconds, formatInstant } from './instant.ts';
import type { StateTable } from './state-table.ts';
import type { Occasion, Personality, Talk, Verdict } from './talk.ts';

/** A check that failed, and the reply. */
interface Refusal extends Verdict {
  readonly check: string;
  readonly reply: string;
}

/** The personality. */
export class Strict implements Personality {
  readonly #values: Values;
  readonly #table: StateTable;

  constructor(values: Values, table: StateTable) {
    this.#values = values;
    this.#table = table;
  }

  *judge(talk: Talk, occasion: Occasion): Proc<Verdict | null> {
    const refusal = this.#ofBytes(talk, occasion) ?? (yield* this.#ofNames(talk, occasion));
    if (refusal === null) return null;
    const key = [talk.client.address, refusal.check];
    const [refused] = this.#table.get(key) ?? ['0'];
    yield* this.#table.set(talk.os, key, [String(Number(refused) + 1), formatInstant(epochSeconds(talk.os))]);
    return refusal;
  }

  #checks(name: string): boolean {
    return number(this.#values, name) !== 0;
  }

  #ofBytes({ conn, content, hostname }: Talk, { at, line, bareLf }: Occasion): Refusal | null {
    if (this.#checks('bare_lf') && (bareLf || (at === 'eod' && content!.bareLfs > 0)))
      return {
        check: 'bare LF',
        reply: `550 5.5.2 ${hostname} Error: bare <LF> received`,
        ...(bareLf ? { action: 'close' as const } : {}),
      };
    if (this.#checks('pipelining') && conn.buffered > 0) {
      if (at === 'greeting')
        return { check: 'early talker', reply: '521 5.5.1 Protocol error', action: 'close' };
      if (at === 'data') return improper('<DATA>: Data command rejected');
      if (at === 'helo' && /^EHLO/i.test(line))
        return improper(`<${line.slice(5).trim()}>: Helo command rejected`);
    }
    const longest = number(this.#values, 'line_length');
    if (at === 'eod' && longest > 0 && content!.longestLine > longest)
      return {
        check: 'line length',
        reply: `550 maximum allowed line length is ${longest} octets, got ${content!.longestLine}`,
      };
    return null;
  }

  *#ofNames(talk: Talk, { at }: Occasion): Proc<Refusal | null> {
    if (at !== 'rcpt') return null;
    if (this.#checks('fcrdns') && talk.client.status !== 'ok')
      return {
        check: 'FCrDNS',
        reply: `450 4.7.25 Client host rejected: cannot find your hostname, [${talk.client.address}]`,
      };
    const helo = this.#checks('helo') ? yield* checkHelo(talk.os, talk.helo) : null;
    if (helo !== null) return { check: 'HELO name', reply: helo };
    const sender = this.#checks('sender_domain') ? yield* checkSender(talk.os, talk.sender ?? '') : null;
    return sender === null ? null : { check: 'sender domain', reply: sender };
  }
}

function improper(what: string): Refusal {
  return { check: 'pipelining', reply: `503 5.5.0 ${what}: Improper use of SMTP command pipelining` };
}

function* checkHelo(os: Os, name: string): Proc<string | null> {
  if (isAddressLiteral(name)) return null;
  const rejected = `<${name}>: Helo command rejected`;
  if (!isHostName(name)) return `501 5.5.2 ${rejected}: Invalid name`;
  if (!name.includes('.')) return `504 5.5.2 ${rejected}: need fully-qualified hostname`;
  const isKnown = yield* hasRecord(os, name, ['A', 'MX']);
  return isKnown ? null : `450 4.7.1 ${rejected}: Host not found`;
}

function* checkSender(os: Os, sender: string): Proc<string | null> {
  if (sender === '') return null;
  const rejected = `<${sender}>: Sender address rejected`;
  const domain = domainOf(sender);
  if (!domain.includes('.')) return `504 5.5.2 ${rejected}: need fully-qualified address`;
  const isKnown = yield* hasRecord(os, domain, ['MX', 'A']);
  return isKnown ? null : `450 4.1.8 ${rejected}: Domain not found`;
}

/**
 * Whether the DNS has one of them. Who cannot be looked up now is refused like who is not there: Postfix says
 * 450 for both, unless unknown_hostname_reject_code and its kin are set.
 */
function* hasRecord(os: Os, name: string, types: readonly string[]): Proc<boolean> {
  for (const type of types) {
    const found = yield* lookup(os, { name, type });
    if (found.kind === 'found') return true;
    if (found.kind === 'no-such-name') return false;
  }
  return false;
}
