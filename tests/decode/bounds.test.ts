// What keeps the fold small and quick however long the run is.
import { describe, expect, test } from 'vitest';

import { Activity } from '../../src/decode/activity.ts';
import { ConversationsFold } from '../../src/decode/conversations.ts';
import { namesOf } from '../../src/decode/names.ts';
import * as ascii from '../../workers/bytes/ascii.ts';
import type { TraceEvent, TraceFact } from '../../workers/trace/event.ts';

const world = {
  name: '',
  title: '',
  startsAt: '2026-03-03T09:00:00Z',
  hosts: [],
  links: [],
  people: [],
  demo: [],
};
const SYN = 2;
const ACK = 16;

/** A fold, and a client that says lines to it on one connection after the other. */
class Talker {
  readonly fold = new ConversationsFold({ world, names: namesOf(world), byId: () => null });
  #id = 0;
  #port = 1024;
  #seq = 1;

  open(): void {
    this.#port++;
    this.#seq = 1;
    const ends = { local: '192.0.2.1', localPort: this.#port, remote: '192.0.2.2', remotePort: 25 };
    this.#add({ kind: 'tcp.state-changed', ...ends, role: 'client', state: 'syn-sent' });
    this.#segment('', SYN, 0);
    this.#add({ kind: 'tcp.state-changed', ...ends, role: 'client', state: 'established' });
  }
  say(text: string): void {
    this.#segment(text, ACK, this.#seq);
    this.#seq += text.length;
  }
  #segment(text: string, flags: number, seq: number): void {
    const ends = { from: '192.0.2.1', fromPort: this.#port, to: '192.0.2.2', toPort: 25 };
    this.#add({
      kind: 'tcp.segment-sent',
      ...ends,
      seq,
      ack: 0,
      flags,
      window: 0,
      payload: ascii.encode(text),
    });
  }
  #add(fact: TraceFact): void {
    this.#id++;
    this.fold.add({
      ...fact,
      id: this.#id,
      at: this.#id,
      hostIndex: 0,
      n: this.#id,
      proc: 0,
      cause: 0,
    } as TraceEvent);
  }
}

describe('a long run', () => {
  test('keeps of one endless conversation the latest lines, and the count of the others', () => {
    const talker = new Talker();
    talker.open();
    for (let i = 0; i < 10_000; i++) talker.say(`NOOP ${i}\r\n`);
    const [conversation] = talker.fold.conversations;
    expect(conversation!.lines.length + conversation!.dropped).toBe(10_000);
    expect(conversation!.lines.length).toBeLessThanOrEqual(4000);
    expect(conversation!.lines.at(-1)!.text).toBe('NOOP 9999');
  });

  test('keeps the lines of the latest of very many conversations', () => {
    const talker = new Talker();
    for (let i = 0; i < 1500; i++) {
      talker.open();
      talker.say('NOOP\r\n'.repeat(100));
    }
    const { conversations } = talker.fold;
    const kept = conversations.reduce((sum, { lines }) => sum + lines.length, 0);
    expect(kept).toBeLessThanOrEqual(120_000);
    expect(conversations.reduce((sum, { dropped }) => sum + dropped, kept)).toBe(150_000);
    expect(conversations.at(-1)!.lines.length).toBe(100);
    expect(conversations[0]!.lines).toEqual([]);
    expect(talker.fold.latestAt(Infinity)).toBe(1499);
  });

  test('survives what is no protocol at all', () => {
    const talker = new Talker();
    talker.open();
    for (let i = 0; i < 200; i++) talker.say('\0\x01\x02'.repeat(480));
    talker.say('BDAT 99999999999999999999 LAST\r\n\r\n.\r\n');
    const [conversation] = talker.fold.conversations;
    expect(conversation!.lines.length).toBeGreaterThan(10);
    for (const { text } of conversation!.lines) expect(text.length).toBeLessThanOrEqual(10_000);
  });
});

test('the far past is found less exactly, the near past exactly', () => {
  const activity = new Activity();
  for (let at = 0; at < 300_000; at++) activity.note(at, at % 7);
  expect(activity.at(299_999)).toEqual({ at: 299_999, conversation: 299_999 % 7 });
  expect(activity.at(1000)!.at).toBeGreaterThan(990);
  expect(activity.at(-1)).toBeNull();
});
