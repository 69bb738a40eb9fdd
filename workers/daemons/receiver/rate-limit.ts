/**
 * rate-limit — a bucket of tokens for each client, sender or recipient: with none left, come again later
 *
 * The replies are those of Postfix's rate limits (anvil(8)): 421 4.7.0 for connections, 450 4.7.1 for
 * messages and recipients. Anvil itself counts events per minute and has no buckets; rspamd and Exim have.
 *
 * A bucket holds at most `burst` tokens; one comes back every `refill`. With whole tokens and times there is
 * no rounding: what is left over of a time is kept.
 */
import { domainOf } from '../../protocols/smtp/address.ts';

import { SECOND, type Proc, type VirtualTime } from '../../os/os.ts';

import { nameAndAddress } from './client.ts';
import { number, text, type Values } from './conf.ts';
import { formatInstant } from './instant.ts';
import type { Phase } from './rules.ts';
import type { StateTable } from './state-table.ts';
import type { Occasion, Personality, Talk, Verdict } from './talk.ts';

interface Bucket {
  tokens: number;
  /** since when the next token has been coming */
  since: VirtualTime;
  taken: number;
  refused: number;
}

const bucketsMax = 2000;

/** The personality. */
export class RateLimit implements Personality {
  readonly #values: Values;
  readonly #table: StateTable;
  readonly #buckets: Map<string, Bucket>;

  /** @param buckets what is known of them; it lives longer than the settings */
  constructor(values: Values, table: StateTable, buckets: Map<string, Bucket>) {
    this.#values = values;
    this.#table = table;
    this.#buckets = buckets;
  }

  *judge(talk: Talk, occasion: Occasion): Proc<Verdict | null> {
    const counts = text(this.#values, 'counts');
    const per = counts === 'connections' ? 'client' : text(this.#values, 'per');
    if (occasion.at !== placeOf(counts, per)) return null;
    const name = nameOf(per, talk, occasion);
    const bucket = this.#bucket(name, talk.os.now());
    const has = bucket.tokens > 0;
    if (has) {
      bucket.tokens--;
      bucket.taken++;
    } else bucket.refused++;
    yield* this.#table.set(talk.os, [name], this.#cells(bucket, talk));
    if (has) return null;
    const own = text(this.#values, 'reply');
    return {
      reply: own === '' ? usualReply(counts, talk) : own,
      ...(counts === 'connections' ? { action: 'close' as const } : {}),
    };
  }

  /** With the tokens that have come back. */
  #bucket(name: string, now: VirtualTime): Bucket {
    const burst = number(this.#values, 'burst');
    const refill = Math.max(1, number(this.#values, 'refill'));
    let bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      if (this.#buckets.size >= bucketsMax) this.#buckets.delete(this.#buckets.keys().next().value!);
      bucket = this.#restored(name, now, burst);
      this.#buckets.set(name, bucket);
    }
    const came = Math.floor((now - bucket.since) / refill);
    bucket.tokens = Math.min(burst, bucket.tokens + came);
    bucket.since = bucket.tokens === burst ? now : bucket.since + came * refill;
    return bucket;
  }

  // After a restart the file tells; a token that was under way begins anew.
  #restored(name: string, now: VirtualTime, burst: number): Bucket {
    const [tokens, , taken, refused] = this.#table.get([name]) ?? [String(burst)];
    return {
      tokens: Number(tokens) || 0,
      since: now,
      taken: Number(taken) || 0,
      refused: Number(refused) || 0,
    };
  }

  #cells({ tokens, since, taken, refused }: Bucket, { os }: Talk): string[] {
    const next = Math.ceil(os.epochUs(since + number(this.#values, 'refill')) / SECOND);
    return [String(tokens), formatInstant(next), String(taken), String(refused)];
  }
}

/** Where a token is taken. */
function placeOf(counts: string, per: string): Phase {
  if (counts === 'connections') return 'greeting';
  return counts === 'recipients' || per === 'recipient' ? 'rcpt' : 'mail';
}

/** Whose bucket it is. */
function nameOf(per: string, { client, sender }: Talk, { recipient }: Occasion): string {
  if (per === 'client') return client.address;
  if (per === 'recipient') return recipient.toLowerCase();
  const address = (sender ?? '').toLowerCase();
  return per === 'sender' ? `<${address}>` : domainOf(address);
}

function usualReply(counts: string, { hostname, client }: Talk): string {
  const who = nameAndAddress(client);
  if (counts === 'connections')
    return `421 4.7.0 ${hostname} Error: too many connections from ${client.address}`;
  if (counts === 'recipients') return `450 4.7.1 Error: too many recipients from ${who}`;
  return `450 4.7.1 Error: too much mail from ${who}`;
}
