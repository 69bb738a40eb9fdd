// Mail is conserved: what a server of a run answered 250 for at the end of data went into a queue, and each queue file is
// still there, or every recipient of it came to an end: delivered, returned, or thrown away because a rule says so.
import * as ascii from '../../workers/bytes/ascii.ts';
import type { TraceEvent } from '../../workers/trace/event.ts';

const postfixPorts = [25, 465, 587, 10025];

interface Kept {
  recipients: number;
  ended: number;
  queue: string;
}

/** What the events of a run say of mail, host by host. */
export class AcknowledgedMail {
  readonly #files = new Map<string, Kept>();
  readonly #discarded = new Set<string>();
  /** processes whose restrictions said DISCARD before there was a queue id */
  readonly #discarding = new Set<string>();
  /** "host queue-id" of each 250 at the end of data */
  readonly acknowledged: string[] = [];

  constructor(events: readonly TraceEvent[]) {
    for (const event of events) this.#see(event);
  }

  #see(event: TraceEvent): void {
    const key = 'queueId' in event ? `${event.hostIndex} ${event.queueId}` : '';
    switch (event.kind) {
      case 'queue.message-entered':
        if (this.#files.has(key)) throw new Error(`queue id ${key} is used twice`);
        this.#files.set(key, { recipients: event.recipients.split('\n').length, ended: 0, queue: '' });
        break;
      case 'queue.file-moved': {
        const file = this.#files.get(key);
        if (file === undefined) throw new Error(`${key} moves, and never entered`);
        if (file.queue !== event.from)
          throw new Error(`${key} moves from ${event.from}, and is in ${file.queue}`);
        file.queue = event.to;
        break;
      }
      case 'delivery.attempted':
        if (event.status !== 'deferred' && event.status !== 'undeliverable') this.#files.get(key)!.ended++;
        break;
      case 'log.line-written':
        this.#read(event);
        break;
      case 'tcp.segment-sent':
        if (postfixPorts.includes(event.fromPort) && event.payload.length > 0)
          for (const [, queueId] of ascii
            .decode(event.payload)
            .matchAll(/^250 2\.0\.0 Ok: (?:\d+ bytes )?queued as (\w+)\r$/gm))
            this.acknowledged.push(`${event.hostIndex} ${queueId}`);
        break;
      default:
    }
  }

  #read({ hostIndex, pid, text }: Extract<TraceEvent, { kind: 'log.line-written' }>): void {
    const discarded = /^(\w+): (?:milter-)?discard: /.exec(text)?.[1];
    if (discarded === 'NOQUEUE') this.#discarding.add(`${hostIndex} ${pid}`);
    else if (discarded !== undefined) this.#discarded.add(`${hostIndex} ${discarded}`);
    const begun = /^(\w+): client=/.exec(text)?.[1];
    if (begun !== undefined && this.#discarding.has(`${hostIndex} ${pid}`))
      this.#discarded.add(`${hostIndex} ${begun}`);
  }

  /** @param exists whether a host has a file. @throws Error what is missing */
  check(exists: (host: number, path: string) => boolean): void {
    for (const key of this.acknowledged)
      if (!this.#files.has(key) && !this.#discarded.has(key))
        throw new Error(`250 for ${key}, which no queue ever had`);
    for (const [key, { recipients, ended, queue }] of this.#files) {
      const [host, queueId] = key.split(' ') as [string, string];
      if (queue === '' && ended < recipients)
        throw new Error(`${key} is gone, ${ended} of ${recipients} recipients ended`);
      if (queue !== '' && !exists(Number(host), `/var/spool/postfix/${queue}/${queueId}`))
        throw new Error(`${key} is not in ${queue}, where it should be`);
    }
  }
}
