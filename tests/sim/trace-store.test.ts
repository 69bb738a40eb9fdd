import { describe, expect, test } from 'vitest';

import { TraceStore } from '../../src/sim/trace-store.ts';
import { ChunkWriter, type TraceChunk } from '../../workers/trace/batch.ts';
import { eventId } from '../../workers/trace/event.ts';

const bytes = 1000;

/** A packet and the log line that it caused, `count` times. */
function chunkFrom(first: number, count: number): TraceChunk {
  const writer = new ChunkWriter();
  for (let n = first; n < first + 2 * count; n += 2) {
    writer.append(
      {
        kind: 'udp.datagram-sent',
        from: '192.0.2.1',
        fromPort: 1,
        to: '192.0.2.2',
        toPort: 2,
        payload: new Uint8Array(bytes),
      },
      n,
      3,
      n,
      0,
      0,
    );
    writer.append(
      { kind: 'log.line-written', file: 'f', ident: 'i', pid: 1, text: `line ${n}` },
      n,
      3,
      n + 1,
      0,
      eventId(3, n),
    );
  }
  return writer.take();
}

describe('the trace on the page', () => {
  test('finds events by position, id and time', () => {
    const store = new TraceStore();
    store.append(chunkFrom(1, 5));
    store.append(chunkFrom(11, 5));
    expect(store.length).toBe(20);
    expect(store.event(11)).toMatchObject({ kind: 'log.line-written', text: 'line 11', hostIndex: 3 });
    expect(store.byId(eventId(3, 12))).toMatchObject({ text: 'line 11' });
    expect(store.byId(eventId(3, 999))).toBeNull();
    expect(store.byId(eventId(4, 1))).toBeNull();
    expect(store.countUntil(0)).toBe(0);
    expect(store.countUntil(11)).toBe(12);
    expect(store.event(-1)).toBeNull();
    expect(store.event(20)).toBeNull();
  });

  test('memory is bounded: old payloads go first, then old bodies, then all; the newest stay whole', () => {
    const store = new TraceStore(200_000);
    for (let i = 0; i < 50; i++) {
      store.append(chunkFrom(1 + 20 * i, 10));
      expect(store.bytes).toBeLessThanOrEqual(200_000);
    }
    expect(store.length).toBe(1000);
    expect(store.kind(0)).toBe('udp.datagram-sent');
    expect(store.time(2)).toBe(3);
    expect(store.isThin(0)).toBe(true);
    const last = store.event(998);
    expect(last?.kind === 'udp.datagram-sent' && last.payload.length).toBe(bytes);
    for (let i = 50; i < 1000; i++) store.append(chunkFrom(1 + 20 * i, 10));
    expect(store.bytes).toBeLessThanOrEqual(200_000);
    expect(store.event(0)).toBeNull();
    expect(store.countUntil(20_000)).toBe(store.length);
    expect(store.event(store.length - 1)).toMatchObject({ text: 'line 19999' });
  });

  test('what lost its payload is still an event', () => {
    const store = new TraceStore(19_000);
    store.append(chunkFrom(1, 10));
    store.append(chunkFrom(21, 10));
    const first = store.event(0);
    expect(first?.kind === 'udp.datagram-sent' && first.payload.length).toBe(0);
    expect(store.event(1)).toMatchObject({ text: 'line 1' });
  });
});
