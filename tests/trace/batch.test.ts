import { expect, test } from 'vitest';

import * as ascii from '../../workers/bytes/ascii.ts';
import { ChunkWriter, isLivelyAt } from '../../workers/trace/batch.ts';

test('a segment is worth a look when it carries anything, be the line and the addresses short or long', () => {
  const writer = new ChunkWriter();
  const payloads = ['', 'QUIT\r\n', '354 x\r\n'];
  const addresses = ['10.0.0.1', '198.51.100.254'];
  for (const from of addresses)
    for (const to of addresses)
      for (const text of payloads)
        writer.append(
          {
            kind: 'tcp.segment-sent', from, fromPort: 40000, to, toPort: 25,
            seq: 1, ack: 1, flags: 16, window: 65535, payload: ascii.encode(text),
          },
          1, 0, 1, 0, 0,
        ); // prettier-ignore
  const chunk = writer.take();
  expect(Array.from({ length: chunk.count }, (_, i) => isLivelyAt(chunk, i))).toEqual(
    addresses.flatMap(() => addresses.flatMap(() => payloads.map((text) => text !== ''))),
  );
});
