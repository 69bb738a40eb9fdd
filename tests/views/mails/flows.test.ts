import { describe, expect, test } from 'vitest';

import { namesOf } from '../../../src/decode/names.ts';
import { Flows, headerField, type Letter } from '../../../src/views/mails/flows.ts';
import { Spans } from '../../../src/views/mails/spans.ts';
import type { TraceEvent, World } from '../../../workers/api.ts';
import * as ascii from '../../../workers/bytes/ascii.ts';

const world = {
  hosts: [
    { name: 'a.example', addresses: ['192.0.2.1'] },
    { name: 'b.example', addresses: ['192.0.2.2'] },
  ],
} as unknown as World;

function listen() {
  const told: string[] = [];
  const letters: Letter[] = [];
  const flows = new Flows(namesOf(world), {
    named: (what, address) => told.push(`${what} ${address}`),
    letter: (letter) => {
      letters.push(letter);
      return (at, lost) => void told.push(`${letter.messageId} ${lost === true ? 'lost' : 'arrived'} ${at}`);
    },
  });
  let id = 0;
  const next = { client: 1, server: 1 };
  const say = (side: 'client' | 'server', text: string, again = false) => {
    const payload = ascii.encode(text);
    const seq = again ? next[side] - payload.length : next[side];
    if (!again) next[side] += payload.length;
    const isClient = side === 'client';
    flows.sent({
      kind: 'tcp.segment-sent',
      id: ++id,
      at: id * 10,
      hostIndex: isClient ? 0 : 1,
      n: id,
      proc: 0,
      cause: 0,
      from: '',
      to: isClient ? '192.0.2.2' : '192.0.2.1',
      fromPort: isClient ? 4000 : 25,
      toPort: isClient ? 25 : 4000,
      seq,
      ack: 0,
      flags: 24,
      window: 0,
      payload,
    });
    return id;
  };
  return { told, letters, say, flows };
}

const head = 'Subject: x\r\nMessage-ID: <1@a>\r\n\r\nHello\r\n';

describe('a letter on the wire', () => {
  test('begins after 354, is known by its Message-ID, and ends with the lone dot', () => {
    const { told, letters, say, flows } = listen();
    say('client', 'MAIL FROM:<alice@a>\r\nRCPT TO:<bob@b>\r\nDATA\r\n');
    say('server', '250 ok\r\n250 ok\r\n354 go ahead\r\n');
    say('client', head.slice(0, 20));
    expect(letters).toHaveLength(0);
    say('client', head.slice(20));
    const end = say('client', '.\r\n');
    flows.delivered(end, 99);
    expect(letters).toMatchObject([{ messageId: '<1@a>', startAt: 30, event: 3 }]);
    expect(told).toEqual(['sender alice@a', 'recipient bob@b', '<1@a> arrived 99']);
  });

  test('what looks like a reply inside a letter changes nothing', () => {
    const { told, say } = listen();
    say('client', 'DATA\r\n');
    say('server', '354 go\r\n');
    say('client', `${head}MAIL FROM:<evil@a>\r\n`);
    expect(told).toEqual([]);
  });

  test('a last segment that is sent again still arrives, once', () => {
    const { told, say, flows } = listen();
    say('client', 'DATA\r\n');
    say('server', '354 go\r\n');
    say('client', `${head}.\r\n`);
    const again = say('client', '.\r\n', true);
    flows.delivered(again, 77);
    expect(told).toEqual(['<1@a> arrived 77']);
  });

  test('is lost when the connection breaks', () => {
    const { told, say, flows } = listen();
    say('client', 'DATA\r\n');
    say('server', '354 go\r\n');
    say('client', head);
    flows.ended({
      kind: 'tcp.state-changed',
      id: 9,
      at: 500,
      hostIndex: 0,
      n: 1,
      proc: 0,
      cause: 0,
      local: '',
      localPort: 4000,
      remote: '192.0.2.2',
      remotePort: 25,
      role: 'client',
      state: 'reset',
    } satisfies TraceEvent);
    expect(told).toEqual(['<1@a> lost 500']);
  });
});

test('a header field is unfolded, and is not there before its end is seen', () => {
  expect(headerField('Subject: a\r\n b\r\nTo: c\r\n', 'subject')).toBe('a b');
  expect(headerField('Message-ID: <1@', 'message-id')).toBe('');
});

test('spans tell what was there, also in the past', () => {
  const spans = new Spans<{ name: string; from: number; until: number }>();
  const [a, b] = [
    { name: 'a', from: 1, until: Infinity },
    { name: 'b', from: 2, until: Infinity },
  ];
  spans.begin(a);
  spans.begin(b);
  spans.end(a, 5);
  expect(spans.at(1).map(({ name }) => name)).toEqual(['a']);
  expect(spans.at(4).map(({ name }) => name)).toEqual(['a', 'b']);
  expect(spans.at(5).map(({ name }) => name)).toEqual(['b']);
  expect(spans.during(4, 9).map(({ name }) => name)).toEqual(['a', 'b']);
});
