/** mail-parser — the page's end of mail.worker.ts: started when first asked, each message parsed once */
import { wrap, type Remote } from 'comlink';

import type { MailWorkerApi, ParsedMail } from './parsed-mail.ts';

const keptMax = 60;

/** Parses messages in the worker and remembers the last ones by the event they came with. */
export class MailReader {
  #worker: Worker | null = null;
  #api: Remote<MailWorkerApi> | null = null;
  readonly #kept = new Map<number | string, Promise<ParsedMail>>();

  /** @param key what the content is known by, such as an event id: the same key is the same content */
  parse(key: number | string, content: Uint8Array): Promise<ParsedMail> {
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const parsed = this.#start().parse(content);
    this.#kept.set(key, parsed);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= keptMax) break;
      this.#kept.delete(oldest);
    }
    return parsed;
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = this.#api = null;
    this.#kept.clear();
  }

  #start(): Remote<MailWorkerApi> {
    if (this.#api !== null) return this.#api;
    this.#worker = new Worker(new URL('./mail.worker.ts', import.meta.url), { type: 'module', name: 'mail' });
    this.#api = wrap<MailWorkerApi>(this.#worker);
    return this.#api;
  }
}

/** One worker serves the whole page: parsing keeps nothing of a run but by event, and sessions start it anew. */
const readers = new WeakMap<object, MailReader>();

/** The reader of a session; it goes when the session goes. */
export function readerOf(owner: object): MailReader {
  let reader = readers.get(owner);
  if (reader === undefined) readers.set(owner, (reader = new MailReader()));
  return reader;
}
