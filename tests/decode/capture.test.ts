import { describe, expect, test } from 'vitest';

import { Capture, type CaptureScope } from '../../src/decode/capture.ts';
import { namesOf } from '../../src/decode/names.ts';
import type { TraceEvent, World } from '../../workers/api.ts';
import * as utf8 from '../../workers/bytes/utf8.ts';

const host = (name: string, address: string): World['hosts'][number] => ({
  name,
  kind: 'workstation',
  role: '',
  organisation: '',
  addresses: [address],
  at: { x: 0, y: 0 },
  files: {},
});
const world: World = {
  name: 'cables',
  title: 'Cables',
  startsAt: '2026-03-03T09:00:00Z',
  hosts: [host('a.example', '192.0.2.1'), host('b.example', '192.0.2.2'), host('c.example', '192.0.2.3')],
  links: [
    { between: ['a.example', 'b.example'], latencyUs: 200 },
    { between: ['b.example', 'c.example'], latencyUs: 200 },
  ],
  people: [],
  demo: [],
};

let n = 0;
const at = (time: number, hostIndex: number, fact: object) =>
  ({ ...fact, at: time, hostIndex, id: ++n, n, proc: 0, cause: 0 }) as unknown as TraceEvent;
const datagram = (time: number, from: number, to: string) =>
  at(time, from, {
    kind: 'udp.datagram-sent',
    from: `192.0.2.${from + 1}`,
    fromPort: 1000,
    to,
    toPort: 53,
    payload: Uint8Array.of(time),
  });
const delivered = (sent: TraceEvent, time: number, hostIndex: number) =>
  at(time, hostIndex, { kind: 'udp.datagram-delivered', sent: sent.id, fromPort: 1000, toPort: 53 });

const first = datagram(10, 0, '192.0.2.2');
const lost = datagram(20, 1, '192.0.2.1');
const other = datagram(30, 2, '192.0.2.2');
const events = [
  first,
  lost,
  at(21, 1, { kind: 'udp.datagram-dropped', sent: lost.id, why: 'lost on the link' }),
  other,
  datagram(40, 0, '127.0.0.1'),
  datagram(50, 0, '192.0.2.3'), // no cable leads there
  datagram(60, 0, '8.8.8.8'), // nor is there such a host
  delivered(first, 210, 1),
  delivered(other, 230, 1),
  at(300, 1, { kind: 'tls.secrets-derived', keyLog: 'CLIENT_RANDOM 01 02\nEXPORTER 01 03' }),
  at(301, 0, { kind: 'tls.secrets-derived', keyLog: 'CLIENT_RANDOM 01 02\nEXPORTER 01 03' }),
];

/** The packets of a capture: interface, microseconds since the start, payload, options as text. */
function captured(scope: CaptureScope): string[] {
  const capture = new Capture(world, namesOf(world), scope);
  for (const event of events) capture.add(event);
  return capture.blocks().flatMap((block) => {
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    if (view.getUint32(0) !== 6) return [];
    const epochUs = view.getUint32(12) * 0x100000000 + view.getUint32(16);
    const time = epochUs - Date.parse(world.startsAt) * 1000;
    const length = view.getUint32(20);
    const rest = utf8.decode(block.subarray(28 + Math.ceil(length / 4) * 4, -4));
    const why = /dropped: [\w ]+/.exec(rest)?.[0] ?? '';
    const direction = rest.includes('\0\x02\0\x04\0\0\0\x01')
      ? ' in'
      : rest.includes('\0\x02\0\x04\0\0\0\x02')
        ? ' out'
        : '';
    return [`if ${view.getUint32(8)} at ${time}: ${block[28 + length - 1]}${direction} ${why}`.trim()];
  });
}

describe('a capture', () => {
  test('of the world has each packet once, when it is sent, and says which were lost', () => {
    expect(captured({ of: 'world' })).toEqual([
      'if 0 at 10: 10',
      'if 0 at 20: 20 dropped: lost on the link',
      'if 1 at 30: 30',
      'if 2 at 40: 40',
    ]);
  });

  test('of a link has what went over that cable alone', () => {
    expect(captured({ of: 'link', between: [2, 1] })).toEqual(['if 0 at 30: 30']);
  });

  test('of a host has what it sends when it sends it, and what reaches it when it does', () => {
    expect(captured({ of: 'host', host: 1 })).toEqual([
      'if 0 at 20: 20 out dropped: lost on the link',
      'if 0 at 210: 10 in',
      'if 1 at 230: 30 in',
    ]);
  });

  test('of a host has its loopback, once', () => {
    expect(captured({ of: 'host', host: 0 })).toEqual(['if 0 at 10: 10 out', 'if 1 at 40: 40']);
  });

  test('has the keys of the connections that it covers, each line once', () => {
    const keysOf = (scope: CaptureScope) => {
      const capture = new Capture(world, namesOf(world), scope);
      for (const event of events) capture.add(event);
      return capture.keyLog;
    };
    expect(keysOf({ of: 'world' })).toBe('CLIENT_RANDOM 01 02\nEXPORTER 01 03\n');
    expect(keysOf({ of: 'host', host: 2 })).toBe('');
  });
});
