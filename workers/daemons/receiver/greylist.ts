/**
 * greylist — refuses a client, sender and recipient that come together for the first time
 *
 * Imitates postgrey as Postfix's policy service: its triplets, its times in whole seconds, its header and log
 * lines; the text of the reply is that of its versions before 1.28, the later ones point to a web page.
 *
 *   unknown ──first try──> waiting ──retry after `delay`──> passed …
 *      ^                     │ retry before: still waiting
 *      └─────────────────────┘ no retry within `retry_window`, or nothing for `max_age`: forgotten
 *
 * SIMPLIFIED: no whitelists of its own (Debian ships some for large senders); a client is whitelisted for
 * its triplets that passed, where postgrey counts its deliveries; old triplets go once an hour when mail
 * comes, not in the night.
 *
 * SEE ALSO  postgrey(8), RFC 6647
 */
import { domainOf } from '../../protocols/smtp/address.ts';
import { formatDate } from '../../protocols/message/date.ts';

import { SECOND, type Proc } from '../../os/os.ts';

import { number, text, type Values } from './conf.ts';
import { epochSeconds, formatInstant, parseInstant } from './instant.ts';
import type { StateTable } from './state-table.ts';
import type { Occasion, Personality, Talk, Verdict } from './talk.ts';

interface Triplet {
  first: number;
  last: number;
  refused: number;
  passed: number;
}

/** The personality. */
export class Greylist implements Personality {
  readonly #values: Values;
  readonly #triplets: StateTable;
  #cleanedAt = 0;

  constructor(values: Values, triplets: StateTable) {
    this.#values = values;
    this.#triplets = triplets;
  }

  *judge(talk: Talk, { at, recipient }: Occasion): Proc<Verdict | null> {
    if (at !== 'rcpt') return null;
    const { os } = talk;
    const now = epochSeconds(os);
    yield* this.#forgetOld(talk, now);
    const client = this.#clientKey(talk);
    if (this.#isWhitelisted(client)) {
      this.#log(talk, { action: 'pass', reason: 'client AWL', recipient });
      return null;
    }
    const key = [client, senderKey(talk.sender ?? ''), recipient.toLowerCase()];
    const triplet = this.#find(key);
    const seconds = (name: string): number => Math.floor(number(this.#values, name) / SECOND);
    const isNew = triplet === null || (triplet.passed === 0 && now - triplet.first > seconds('retry_window'));
    const first = isNew ? now : triplet.first;
    const missing = seconds('delay') - (now - first);
    const next: Triplet = {
      first,
      last: now,
      refused: (isNew ? 0 : triplet.refused) + (missing > 0 ? 1 : 0),
      passed: (isNew ? 0 : triplet.passed) + (missing > 0 ? 0 : 1),
    };
    yield* this.#triplets.set(os, key, cellsOf(next));
    if (missing > 0) {
      this.#log(talk, {
        action: 'greylist',
        reason: isNew ? 'new' : `early-retry (${missing}s missing)`,
        recipient,
      });
      return {
        reply: `450 4.2.0 <${recipient}>: Recipient address rejected: ${this.#words(missing, recipient)}`,
      };
    }
    const delayed = next.passed === 1 && next.refused > 0 ? `, delay=${now - first}` : '';
    this.#log(talk, { action: 'pass', reason: `triplet found${delayed}`, recipient });
    if (delayed !== '') talk.headers.push(this.#header(talk, now - first));
    return null;
  }

  #words(missing: number, recipient: string): string {
    return text(this.#values, 'text').replaceAll('%s', String(missing)).replaceAll('%r', domainOf(recipient));
  }

  #header({ os, hostname }: Talk, seconds: number): string {
    const date = formatDate(os.epochUs());
    return `X-Greylist: delayed ${seconds} seconds by postgrey-1.37 at ${hostname}; ${date}`;
  }

  #clientKey({ client }: Talk): string {
    const { address, name } = client;
    const parts = address.split('.');
    // The name of a dial-up client has its address in it: such a client is on its own.
    const isPool = parts.slice(2).every((part) => name.split(/\W/).includes(part));
    if (text(this.#values, 'lookup_by') === 'host' || name === 'unknown' || isPool) return address;
    return [...parts.slice(0, 3), '0'].join('.');
  }

  #isWhitelisted(client: string): boolean {
    const enough = number(this.#values, 'auto_whitelist_clients');
    if (enough === 0) return false;
    let passed = 0;
    for (const [of, , , , , , times] of this.#triplets.rows()) if (of === client && times !== '0') passed++;
    return passed >= enough;
  }

  #find(key: readonly string[]): Triplet | null {
    const cells = this.#triplets.get(key);
    return cells === null ? null : tripletOf(cells);
  }

  *#forgetOld({ os }: Talk, now: number): Proc<void> {
    if (now - this.#cleanedAt < 3600) return;
    this.#cleanedAt = now;
    const maxAge = number(this.#values, 'max_age') / SECOND;
    yield* this.#triplets.removeAll(os, (cells) => now - tripletOf(cells).last > maxAge);
  }

  #log(
    { os, client, sender }: Talk,
    { action, reason, recipient }: { action: string; reason: string; recipient: string },
  ): void {
    const who = `client_name=${client.name}, client_address=${client.address}`;
    const mail = sender === '' || sender === null ? '' : `, sender=${sender}`;
    os.log('postgrey', `action=${action}, reason=${reason}, ${who}${mail}, recipient=${recipient}`);
  }
}

// Numbers in the address of a mailing list change with each letter.
function senderKey(sender: string): string {
  const at = sender.lastIndexOf('@');
  if (at < 0) return sender;
  const local = sender
    .slice(0, at)
    .replace(/\+.*/, '')
    .replace(/\b\d+\b/g, '#');
  return `${local}${sender.slice(at)}`.toLowerCase();
}

function tripletOf([first, last, refused, passed]: readonly string[]): Triplet {
  return {
    first: parseInstant(first ?? ''),
    last: parseInstant(last ?? ''),
    refused: Number(refused) || 0,
    passed: Number(passed) || 0,
  };
}

function cellsOf({ first, last, refused, passed }: Triplet): string[] {
  return [formatInstant(first), formatInstant(last), String(refused), String(passed)];
}
