// Random runs of two-islands: mail to good and bad addresses while cables are cut and hosts crash. Whatever happens, time
// goes forward, everything has a cause, bytes arrive as they were sent, and no mail is lost.
import { describe, expect, test } from 'vitest';

import { twoIslands } from '../../lessons/worlds/two-islands/world.ts';
import { engineVersion, type Run } from '../../workers/input.ts';
import { formatRun, parseRun } from '../../workers/run-file.ts';
import type { TraceEvent } from '../../workers/trace/event.ts';

import { playToEnd, randomInputs } from './random-run.ts';

const seeds = [1, 2, 3, 4, 5, 6];

async function play(
  run: Run,
  placement: 'one' | 'site',
): Promise<{ events: TraceEvent[]; hash: string; queued: string[] }> {
  const { events, hash, partitions } = await playToEnd(run, placement);
  const queued = partitions.flatMap(({ booted }) =>
    booted.machines.flatMap((machine) =>
      machine === null
        ? []
        : ['incoming', 'active', 'deferred', 'hold', 'corrupt', 'incoming/.unfinished'].flatMap((queue) =>
            machine.disk.list(`/var/spool/postfix/${queue}`).map((path) => `${machine.kernel.index} ${path}`),
          ),
    ),
  );
  return { events, hash, queued };
}

/** A queue file of a host, from its entry to its end. */
interface QueueFile {
  host: number;
  queueId: string;
  messageId: string;
  recipients: string[];
  /** where it is; '' = gone */
  queue: string;
  /** final outcomes by recipient: sent, bounced, expired */
  outcomes: Map<string, number>;
  entered: number;
}

/** Follows every queue file through the trace. */
function queueFiles(events: readonly TraceEvent[]): Map<string, QueueFile> {
  const files = new Map<string, QueueFile>();
  for (const event of events) {
    if (!('queueId' in event)) continue;
    const key = `${event.hostIndex} ${event.queueId}`;
    if (event.kind === 'queue.message-entered') {
      expect(files.has(key), `${key} entered twice`).toBe(false);
      const { hostIndex: host, queueId, messageId, at } = event;
      const recipients = event.recipients.split('\n');
      files.set(key, { host, queueId, messageId, recipients, queue: '', outcomes: new Map(), entered: at });
      continue;
    }
    const file = files.get(key);
    expect(file, `${event.kind} of ${key}, which was never entered`).toBeDefined();
    if (event.kind === 'queue.file-moved') {
      expect(file!.queue, `${key} moves from where it is not`).toBe(event.from);
      file!.queue = event.to;
    } else if (event.kind === 'delivery.attempted') {
      // local(8) logs the name behind an alias.
      const recipient = file!.recipients.find((address) => finalNames(address).includes(event.recipient));
      expect(recipient, `${key} is delivered to ${event.recipient}`).toBeDefined();
      expect(file!.queue, `${key} is delivered from a queue that is not active`).toBe('active');
      if (event.status === 'sent' || event.status === 'bounced' || event.status === 'expired')
        file!.outcomes.set(recipient!, (file!.outcomes.get(recipient!) ?? 0) + 1);
    }
  }
  return files;
}

describe.each(seeds)('a random run, seed %i,', (seed) => {
  const run: Run = { version: engineVersion, world: twoIslands, seed, inputs: randomInputs(seed) };
  const played = play(run, 'one');

  test('replays to the same hash from its file, with the hosts spread over workers', async () => {
    const { hash } = await played;
    expect((await play(parseRun(formatRun(run)), 'site')).hash).toBe(hash);
  });

  test('has time that goes forward on every host, and a cause for everything', async () => {
    const { events } = await played;
    expect(events.length).toBeGreaterThan(1000);
    const last = new Map<number, TraceEvent>();
    const seen = new Map<number, TraceEvent>();
    for (const event of events) {
      const before = last.get(event.hostIndex);
      if (before !== undefined) {
        expect(event.at).toBeGreaterThanOrEqual(before.at);
        expect(event.n).toBe(before.n + 1);
      }
      last.set(event.hostIndex, event);
      if (event.kind !== 'input.accepted' && !(event.kind === 'host.booted' && event.at === 0))
        expect(seen.has(event.cause), `${event.kind} at ${event.at} has no cause before it`).toBe(true);
      seen.set(event.id, event);
    }
  });

  test('delivers bytes as they were sent, and acknowledges only what was delivered', async () => {
    const { events } = await played;
    const streams = new Map<string, Stream>();
    const sent = new Map<number, Extract<TraceEvent, { kind: 'tcp.segment-sent' }>>();
    for (const event of events) {
      if (event.kind === 'tcp.segment-sent') {
        sent.set(event.id, event);
        streamOf(streams, event, event).send(event);
        const back = streams.get(nameOf(event, 'back'));
        if ((event.flags & 0x14) === 0x10 && back !== undefined) back.acknowledge(event.ack);
      } else if (event.kind === 'tcp.segment-delivered') {
        const segment = sent.get(event.sent)!;
        streamOf(streams, segment, segment).deliver(segment);
      }
    }
    expect(streams.size).toBeGreaterThan(20);
  });

  test('keeps a queue id in exactly one queue, and what the trace says is on the disk', async () => {
    const { events, queued } = await played;
    const files = queueFiles(events);
    const left = [...files.values()].filter(({ queue }) => queue !== '');
    const expected = left.map(({ host, queue, queueId }) => `${host} /var/spool/postfix/${queue}/${queueId}`);
    expect([...queued].sort()).toEqual(expected.sort());
  });

  test('conserves mail: each recipient of a queue file ends once, or waits', async () => {
    const { events } = await played;
    for (const file of queueFiles(events).values()) {
      const downs = fallsOf(events, file.host, file.entered);
      for (const recipient of file.recipients) {
        const what = `${file.queueId} to ${recipient}, entered at ${file.entered}`;
        const outcomes = file.outcomes.get(recipient) ?? 0;
        if (file.queue === '') expect(outcomes, `${what} is gone without an outcome`).toBeGreaterThan(0);
        // Twice only when the host fell between the 250 and the mark in the queue file.
        if (downs === 0) expect(outcomes, `${what} ended twice`).toBeLessThanOrEqual(1);
      }
    }
  });

  test('conserves mail from end to end: who got 250 finds it delivered, returned or waiting', async () => {
    const { events } = await played;
    const files = [...queueFiles(events).values()];
    let submitted = 0;
    for (const event of events) {
      if (event.kind !== 'mua.message-submitted') continue;
      const { messageId } = event;
      for (const address of event.to.split('\n')) {
        submitted++;
        const ends = endsOf(events, files, messageId, address);
        const what = `${messageId} to ${address}: ${ends.join(', ')}`;
        expect(ends.length, what).toBeGreaterThan(0);
        if (!mayBeTwice(events, files, messageId)) expect(ends.length, what).toBe(1);
      }
    }
    expect(submitted).toBeGreaterThan(3);
  });

  test('every 250 at the end of data names a queue file that was on disk', async () => {
    const { events } = await played;
    const entered = new Set<string>();
    let acknowledged = 0;
    for (const event of events) {
      if (event.kind === 'queue.message-entered') entered.add(`${event.hostIndex} ${event.queueId}`);
      if (event.kind !== 'tcp.segment-sent' || event.payload.length === 0) continue;
      if (![25, 587, 10025].includes(event.fromPort)) continue;
      const text = new TextDecoder('latin1').decode(event.payload);
      const queueId = /^250 2\.0\.0 Ok: queued as (\w+)\r\n/m.exec(text)?.[1];
      if (queueId === undefined) continue;
      acknowledged++;
      expect(entered.has(`${event.hostIndex} ${queueId}`), `${queueId} at ${event.at}`).toBe(true);
    }
    expect(acknowledged).toBeGreaterThan(5);
  });
});

/** How often a host crashed or stopped since. */
function fallsOf(events: readonly TraceEvent[], host: number | null, since: number): number {
  return events.filter(
    (event) =>
      (event.kind === 'host.crashed' || event.kind === 'host.stopped') &&
      (host === null || event.hostIndex === host) &&
      event.at >= since,
  ).length;
}

/** Where a message ended for one of its recipients, as its sender gave it. */
function endsOf(
  events: readonly TraceEvent[],
  files: readonly QueueFile[],
  messageId: string,
  address: string,
): string[] {
  const ends: string[] = [];
  const names = finalNames(address);
  for (const event of events)
    if (
      event.kind === 'mailbox.message-appended' &&
      event.messageId === messageId &&
      names.includes(event.mailbox)
    )
      ends.push(`in ${event.mailbox}`);
  for (const file of files) {
    if (file.messageId !== messageId) continue;
    for (const event of events) {
      if (event.kind !== 'delivery.attempted' || event.queueId !== file.queueId) continue;
      if (event.hostIndex !== file.host || !names.includes(event.recipient)) continue;
      if (event.status === 'bounced' || event.status === 'expired') ends.push(`returned by ${file.queueId}`);
    }
    if (file.queue === '') continue;
    for (const recipient of file.recipients)
      if (names.includes(recipient) && !file.outcomes.has(recipient)) ends.push(`waits in ${file.queue}`);
  }
  return ends;
}

/** What an address is called on its way: aliases of the two sites. */
function finalNames(address: string): string[] {
  if (address === 'sales@acme.example') return [address, 'bob@acme.example'];
  if (address === 'postmaster@far.example' || address === 'alice+shop@far.example')
    return [address, 'root@far.example', 'alice@far.example'];
  return [address];
}

/** RFC 5321 §6.1, RFC 1047: a lost answer to the end of data, or a host that fell, may double a message. */
function mayBeTwice(events: readonly TraceEvent[], files: readonly QueueFile[], messageId: string): boolean {
  const mine = files.filter((file) => file.messageId === messageId);
  const ids = new Set(mine.map(({ host, queueId }) => `${host} ${queueId}`));
  const lostAnswer = events.some(
    (event) =>
      event.kind === 'delivery.attempted' &&
      ids.has(`${event.hostIndex} ${event.queueId}`) &&
      event.text.includes('message may be sent more than once'),
  );
  // Two addresses that lead to one mailbox are told apart by nothing in it.
  const fell = fallsOf(events, null, Math.min(...mine.map(({ entered }) => entered))) > 0;
  return lostAnswer || fell;
}

/** One direction of a TCP connection, by offset from its SYN. */
class Stream {
  readonly #initial: number;
  readonly #bytes: number[] = [];
  /** octets delivered in order, the SYN and FIN counted as one each */
  #delivered = 0;
  constructor(initial: number) {
    this.#initial = initial;
  }
  send({ seq, flags, payload }: { seq: number; flags: number; payload: Uint8Array }): void {
    if ((flags & 4) !== 0) return;
    const at = ((seq - this.#initial) >>> 0) - ((flags & 2) !== 0 ? 0 : 1);
    for (const [i, byte] of payload.entries()) {
      if (this.#bytes[at + i] === undefined) this.#bytes[at + i] = byte;
      else if (this.#bytes[at + i] !== byte) throw new Error(`octet ${at + i} is sent again as another`);
    }
  }
  deliver({ seq, flags, payload }: { seq: number; flags: number; payload: Uint8Array }): void {
    if ((flags & 4) !== 0) return;
    const at = (seq - this.#initial) >>> 0;
    const length = payload.length + ((flags & 1) !== 0 ? 1 : 0) + ((flags & 2) !== 0 ? 1 : 0);
    if (at <= this.#delivered) this.#delivered = Math.max(this.#delivered, at + length);
  }
  /** Whether a SYN with this number begins another connection. */
  isOther(seq: number): boolean {
    return seq !== this.#initial;
  }
  acknowledge(ack: number): void {
    const octets = (ack - this.#initial) >>> 0;
    if (octets > this.#delivered)
      throw new Error(`${octets} octets acknowledged, ${this.#delivered} delivered`);
  }
}

interface Ends {
  hostIndex: number;
  from: string;
  fromPort: number;
  to: string;
  toPort: number;
}

function nameOf({ from, fromPort, to, toPort, hostIndex }: Ends, way: 'there' | 'back'): string {
  const loopback = from.startsWith('127.') ? ` on ${hostIndex}` : '';
  return way === 'there'
    ? `${from}:${fromPort} ${to}:${toPort}${loopback}`
    : `${to}:${toPort} ${from}:${fromPort}${loopback}`;
}

/** The stream that a segment belongs to; a SYN with a new number begins one. */
function streamOf(streams: Map<string, Stream>, ends: Ends, segment: { seq: number; flags: number }): Stream {
  const name = nameOf(ends, 'there');
  const known = streams.get(name);
  const isSyn = (segment.flags & 2) !== 0;
  if (known !== undefined && !(isSyn && known.isOther(segment.seq))) return known;
  const stream = new Stream(segment.seq);
  streams.set(name, stream);
  return stream;
}
