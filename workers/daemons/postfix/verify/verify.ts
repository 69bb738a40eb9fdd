/**
 * verify — the address verification server: whether mail to an address could be delivered, by asking those
 * who would deliver it
 *
 * Who asks gets at once what the cache says: deliverable, undeliverable for now or for good, or that nobody
 * knows yet. When nobody knows, or what is known is old, a probe is sent: a message that goes through the
 * queue to the delivery agent and is delivered to nobody. What comes of it is kept in address_verify_map,
 * as "status:probed:updated:text", the times in seconds since 1970.
 *
 * SIMPLIFIED: no process of its own: a proc per question, and the cleanup of the cache waits for a question.
 * address_verify_relayhost and the other ways to send probes elsewhere than mail have no effect.
 *
 * SEE ALSO  probe.ts (what agents do with one), ../smtpd/unverified.ts (who asks), verify(8),
 *           ADDRESS_VERIFICATION_README
 */
import * as utf8 from '../../../bytes/utf8.ts';

import { printable } from '../../../protocols/smtp/reply.ts';

import { SECOND, type Os, type Proc } from '../../../os/os.ts';

import type { Instance } from '../instance.ts';
import { withLateRows } from '../late-params.ts';
import type { Parameters } from '../parameters.ts';
import { databaseSuffix, decodeDatabase, encodeDatabase } from '../maps/database.ts';
import { enterMessage, traceLines } from '../master/enter-message.ts';

/** What is known of an address; 'todo' = nothing yet. */
export type AddressStatus = 'ok' | 'defer' | 'bounce' | 'todo';

export interface AddressAnswer {
  readonly status: AddressStatus;
  readonly text: string;
}

const probeSecondsMax = 1000; // a probe that says nothing for so long is lost
const cleanedKey = '_LAST_CACHE_CLEANUP_COMPLETED_';
const statusNumbers: Readonly<Record<AddressStatus, number>> = Object.freeze({
  ok: 0,
  defer: 1,
  bounce: 2,
  todo: 3,
});

/** Answers from the cache, and sends a probe when that is due. */
export function* queryAddress(os: Os, instance: Instance, address: string): Proc<AddressAnswer> {
  const answers = os.channel<AddressAnswer>();
  os.spawn('postfix/verify', (child) => answerQuery(child, new Cache(child, instance), { address, answers }));
  for (;;) {
    const answer = yield* answers.take({ deadline: os.now() + 100 * SECOND }); // ipc_timeout is longer
    if (answer !== 'timeout') return answer;
  }
}

/** Keeps what came of a probe; a failure does not take the place of a success that still counts. */
export function updateAddress(os: Os, instance: Instance, address: string, answer: AddressAnswer): void {
  const cache = new Cache(os, instance);
  if (answer.status !== 'ok' && cache.find(address)?.status === 'ok') return;
  const text = printable(answer.text, '?');
  cache.put(address, { status: answer.status, probed: 0, updated: cache.seconds, text });
}

function* answerQuery(
  os: Os,
  cache: Cache,
  { address, answers }: { address: string; answers: { put(answer: AddressAnswer): void } },
): Proc<void> {
  cache.cleanWhenDue();
  const now = cache.seconds;
  let entry = cache.find(address);
  const isKnown = entry !== null;
  if (entry === null || (now - entry.probed > probeSecondsMax && cache.isExpired(entry)))
    entry = { status: 'todo', probed: 0, updated: 0, text: 'Address verification in progress' };
  const { instance } = cache;
  const keepsFailures = cache.parameters.bool('address_verify_negative_cache');
  if (isKnown && entry.status === 'todo' && entry.probed === 0 && !keepsFailures) cache.remove(address);
  answers.put({ status: entry.status, text: entry.text });
  if (now - entry.probed <= probeSecondsMax || !cache.isStale(entry)) return;
  if (entry.updated !== 0 || keepsFailures) cache.put(address, { ...entry, probed: now });
  yield* sendProbe(os, instance, address);
}

function* sendProbe(os: Os, instance: Instance, address: string): Proc<void> {
  yield* enterMessage(os, instance, {
    sender: probeSender(os, instance),
    recipients: [{ address, originalAddress: address, dsnOriginalRecipient: '', notify: '' }],
    encoding: '',
    headerOf: (queueId) => traceLines(os, instance, queueId),
    content: [],
    isProbe: true,
  });
}

/** address_verify_sender; with address_verify_sender_ttl a part of it changes with time. */
export function probeSender(os: Os, instance: Instance): string {
  const parameters = withLateRows(instance.parameters);
  const sender = parameters.text('address_verify_sender');
  if (sender === '' || sender === '<>') return '';
  const seconds = Math.floor(parameters.time('address_verify_sender_ttl') / SECOND);
  if (seconds === 0) return instance.rewrite(sender);
  const [local, domain] = splitAt(sender);
  const stamp = safeNumber(Math.floor(os.epochUs() / SECOND / seconds));
  return instance.rewrite(local + stamp + domain);
}

/** Whether an address is that of probeSender(); the part that changes may be that before or to come. */
export function isProbeSender(os: Os, instance: Instance, address: string): boolean {
  const parameters = withLateRows(instance.parameters);
  const [local, domain] = splitAt(instance.rewrite(parameters.text('address_verify_sender')).toLowerCase());
  const [theirs, theirDomain] = splitAt(address.toLowerCase());
  if (!theirs.startsWith(local) || theirDomain !== domain) return false;
  const stamp = theirs.slice(local.length);
  const seconds = Math.floor(parameters.time('address_verify_sender_ttl') / SECOND);
  if (seconds === 0) return stamp === '';
  const epoch = Math.floor(os.epochUs() / SECOND / seconds);
  return [epoch - 1, epoch, epoch + 1].some((number) => safeNumber(number).toLowerCase() === stamp);
}

function splitAt(address: string): [local: string, domain: string] {
  const at = address.indexOf('@');
  return at === -1 ? [address, ''] : [address.slice(0, at), address.slice(at)];
}

const safeDigits = '0123456789BCDFGHJKLMNPQRSTVWXYZ'; // safe_ultostr(3), base 31: no vowels

function safeNumber(number: number): string {
  let text = '';
  for (let rest = number; rest > 0 || text === ''; rest = Math.floor(rest / safeDigits.length))
    text = safeDigits[rest % safeDigits.length]! + text;
  return text;
}

interface Entry {
  readonly status: AddressStatus;
  /** seconds since 1970 when the probe was sent that is under way; 0 = none is */
  readonly probed: number;
  /** seconds since 1970 of the last result; 0 = none came */
  readonly updated: number;
  readonly text: string;
}

/** address_verify_map, kept in memory and written through. */
class Cache {
  readonly instance: Instance;
  readonly parameters: Parameters;
  readonly seconds: number;
  readonly #os: Os;
  readonly #map: string;
  /** '' = in memory only */
  readonly #path: string;

  constructor(os: Os, instance: Instance) {
    this.#os = os;
    this.instance = instance;
    this.seconds = Math.floor(os.epochUs() / SECOND);
    this.parameters = withLateRows(instance.parameters);
    const map = this.parameters.text('address_verify_map').replace(/^proxy:/, '');
    const colon = map.indexOf(':');
    const suffix = databaseSuffix(map.slice(0, colon));
    this.#map = map === '' ? 'internal:verify' : map;
    this.#path = suffix === null ? '' : map.slice(colon + 1) + suffix;
  }

  find(address: string): Entry | null {
    const text = this.#entries().get(keyOf(address));
    return text === undefined ? null : this.#parse(text);
  }

  put(address: string, { status, probed, updated, text }: Entry): void {
    this.#write(keyOf(address), `${statusNumbers[status]}:${probed}:${updated}:${text}`);
  }

  remove(address: string): void {
    if (this.#entries().delete(keyOf(address))) this.#rewrite();
  }

  isExpired({ status, updated }: Entry): boolean {
    return updated + this.#time(status, 'expire') < this.seconds;
  }

  isStale({ status, updated }: Entry): boolean {
    return updated + this.#time(status, 'refresh') < this.seconds;
  }

  /** Drops what has expired, every address_verify_cache_cleanup_interval. */
  cleanWhenDue(): void {
    const { parameters } = this;
    const interval = Math.floor(parameters.time('address_verify_cache_cleanup_interval') / SECOND);
    const entries = this.#entries();
    const last = Number(entries.get(cleanedKey) ?? 0);
    if (interval === 0 || last + interval > this.seconds) return;
    let retained = 0;
    let dropped = 0;
    for (const [key, text] of [...entries]) {
      if (key === cleanedKey) continue;
      const entry = this.#parse(text);
      const isKept =
        entry !== null && (this.seconds - entry.probed < probeSecondsMax || !this.isExpired(entry));
      if (isKept) retained++;
      else {
        dropped++;
        entries.delete(key);
      }
    }
    entries.set(cleanedKey, String(this.seconds));
    this.#rewrite();
    this.#log(`cache ${this.#map} full cleanup: retained=${retained} dropped=${dropped} entries`);
  }

  #time(status: AddressStatus, what: 'expire' | 'refresh'): number {
    const kind = status === 'ok' ? 'positive' : 'negative';
    return Math.floor(this.parameters.time(`address_verify_${kind}_${what}_time`) / SECOND);
  }

  #entries(): Map<string, string> {
    const { instance } = this;
    const bytes = instance.verified === null && this.#path !== '' ? this.#os.files.read(this.#path) : null;
    return (instance.verified ??= bytes === null ? new Map<string, string>() : decodeDatabase(bytes));
  }

  #parse(text: string): Entry | null {
    const [, number, probed, updated, reason] = /^(\d+):(\d+):(\d+):(.*)$/s.exec(text) ?? [];
    const status = (['ok', 'defer', 'bounce', 'todo'] as const)[Number(number)];
    if (status !== undefined && (Number(probed) > 0 || Number(updated) > 0))
      return { status, probed: Number(probed), updated: Number(updated), text: reason! };
    this.#log(`warning: bad address verify table entry: ${text.slice(0, 100)}`);
    return null;
  }

  // Later entries of a key count: what is new goes to the end.
  #write(key: string, value: string): void {
    this.#entries().set(key, value);
    if (this.#path === '') return;
    const { files } = this.#os;
    if (!files.exists(this.#path)) return this.#rewrite();
    files.append(this.#path, utf8.encode(`${key}\0${value}\0`));
  }

  #rewrite(): void {
    if (this.#path !== '') this.#os.files.write(this.#path, encodeDatabase(this.#entries()));
  }

  #log(text: string): void {
    this.#os.log(`${this.instance.parameters.text('syslog_name')}/verify`, text);
  }
}

// ":" parts the fields of an entry's key in some databases.
function keyOf(address: string): string {
  return address.replaceAll(':', '_');
}
