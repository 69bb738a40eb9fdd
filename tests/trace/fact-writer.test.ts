import { expect, test } from 'vitest';

import { ChunkWriter, eventAt } from '../../workers/trace/batch.ts';
import { factSchema, kindNames, type TraceFact } from '../../workers/trace/event.ts';

test('every kind comes back as it was written, long texts, bytes beyond ASCII and large numbers included', () => {
  const writer = new ChunkWriter();
  const facts = kindNames.flatMap((kind) => [0, 7, 300].map((size) => factOf(kind, size)));
  for (const [i, fact] of facts.entries()) writer.append(fact, i, 1, i + 1, 2, 3);
  const chunk = writer.take();
  for (const [i, fact] of facts.entries()) {
    expect(chunk.offset[i]! % 4).toBe(0);
    expect(eventAt(chunk, i)).toMatchObject(fact);
  }
});

/** A fact made by the schema alone, so that a kind that is written out must agree with it. */
function factOf(kind: (typeof kindNames)[number], size: number): TraceFact {
  const fields = factSchema[kind].map(([name, type], i) => {
    if (type === 'u32') return [name, (size * 1000 + i) >>> 0];
    if (type === 'f64') return [name, size * 0x100000000 + i];
    if (type === 'b') return [name, Uint8Array.from({ length: size }, (_, k) => (k * 37 + i) & 0xff)];
    return [name, `${name} ${'é'.repeat(i % 2)}${'x'.repeat(size)}`];
  });
  return { kind, ...Object.fromEntries(fields) } as TraceFact;
}
