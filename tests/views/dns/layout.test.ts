import { describe, expect, test } from 'vitest';

import { ConversationsFold } from '../../../src/decode/conversations.ts';
import { CacheFold } from '../../../src/views/dns/fold.ts';
import { chooseLookup, outcomeWords, walkOf } from '../../../src/views/dns/layout.ts';
import { lookup } from '../../../workers/daemons/clients/dns.ts';
import { SECOND, type Proc } from '../../../workers/os/os.ts';

import { eventsOf, folded, sceneWorld } from '../../decode/scene.ts';

const w = sceneWorld();
const ask = (name: string, type: string) =>
  w.call('mx.far.example', (os) => lookup(os, { name, type }) as Proc<unknown>);
ask('acme.example', 'MX');
ask('acme.example', 'MX');
ask('nobody.acme.example', 'A');
const asked = w.now;
w.run(asked + 301 * SECOND);
const { dns } = folded(ConversationsFold, w);
const event = eventsOf(w);
const [first, again] = dns.lookupsAt(asked);

describe('a walk', () => {
  test('shows as of the cursor who was asked, and whose answer is still due', () => {
    const second = dns.byNumber(first!.children[1]!)!;
    const walk = walkOf(dns, first!, second.at);
    expect(walk.steps.map(({ outcome }) => outcomeWords(outcome))).toEqual(['referred', 'waiting']);
    expect(walk.own.answer).toBeNull();
    const whole = walkOf(dns, first!, asked);
    expect(whole.steps.map(({ serverHost }) => serverHost)).toEqual([3, 4, 5]);
    expect(whole.own.tookUs).toBe(whole.own.answer!.at - whole.own.askedAt);
  });

  test('is short when the resolver remembers', () => {
    expect(walkOf(dns, first!, asked).isFromMemory).toBe(false);
    expect(walkOf(dns, again!, asked)).toMatchObject({ isFromMemory: true, steps: [] });
    expect(walkOf(dns, again!, again!.at).isFromMemory).toBe(false);
  });

  test('is that of the selected event, else the latest at the cursor', () => {
    const choose = (selected: number | null, cursor = asked) =>
      chooseLookup(dns, { selected, cursor, event });
    expect(choose(null)!.name).toBe('nobody.acme.example');
    expect(choose(null, first!.at)).toBe(first);
    expect(choose(null, 0)).toBeNull();
    expect(choose(dns.byNumber(first!.children[0]!)!.answer!.event)).toBe(first);
    const delivered = w.events.find(
      (e) => e.kind === 'udp.datagram-delivered' && e.sent === again!.question.event,
    )!;
    expect(choose(delivered.id)).toBe(again);
    const learned = w.events.find((e) => e.kind === 'cache.changed' && e.type === 'MX')!;
    expect(choose(learned.id)).toBe(first);
  });
});

describe('the cache', () => {
  const cache = folded(CacheFold, w);

  test('drains with the clock, and forgets when the time is up', () => {
    const mx = (cursor: number) => cache.rowsAt(2, cursor).find(({ type }) => type === 'MX');
    expect(mx(0)).toBeUndefined();
    const fresh = mx(asked)!;
    expect(fresh).toMatchObject({ name: 'acme.example', value: '10 mta1.acme.example.', isNegative: false });
    expect(mx(asked + 100 * SECOND)!.leftUs).toBe(fresh.leftUs - 100 * SECOND);
    expect(mx(fresh.addedAt + fresh.ttlUs)).toBeUndefined();
  });

  test('remembers what is not there as such', () => {
    const none = cache.rowsAt(2, asked).find(({ isNegative }) => isNegative)!;
    expect(none).toMatchObject({ name: 'nobody.acme.example', value: '' });
    expect(cache.rowsAt(2, asked + 300 * SECOND).some(({ isNegative }) => isNegative)).toBe(false);
    expect(cache.hosts).toEqual([2]);
  });
});
