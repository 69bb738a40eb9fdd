// A letter at every stop of its way, with and without its envelope, and the chain of its Received fields.
import { beforeAll, describe, expect, test } from 'vitest';

import { ConversationsFold } from '../../../src/decode/conversations.ts';
import { parseMail } from '../../../src/decode/parse-mail.ts';
import { MailsFold } from '../../../src/views/mails/fold.ts';
import { CopiesFold } from '../../../src/views/message/fold.ts';
import { rawLines, touches } from '../../../src/views/message/raw.ts';
import { hopsOf } from '../../../src/views/message/received.ts';
import { versionsOf, type Version } from '../../../src/views/message/versions.ts';
import * as utf8 from '../../../workers/bytes/utf8.ts';
import { Played } from '../two-islands-demo.ts';

const second = 1_000_000;
const hops = async (header: string) => hopsOf((await parseMail(utf8.encode(`${header}\r\n\r\n`))).headers);

describe('a letter with a line of dots', () => {
  let played: Played;
  let versions: (at: number) => Version[];

  beforeAll(async () => {
    played = await Played.run(10, [
      [
        1,
        {
          kind: 'mua.send',
          host: 'ws-alice.far.example',
          user: 'alice@far.example',
          to: 'bob@acme.example',
          subject: 'Dots',
          text: '.\n..\nend\n',
        },
      ],
      [5, { kind: 'mua.fetch', host: 'ws-bob.acme.example', user: 'bob@acme.example', uid: 1 }],
    ]);
    const talks = played.fold(ConversationsFold);
    const mails = played.fold(MailsFold);
    const { copies } = played.fold(CopiesFold);
    const { names, byId } = played;
    const conversationOf = (packet: Parameters<ConversationsFold['of']>[0]) =>
      talks.conversations[talks.of(packet)] ?? null;
    versions = (at) => versionsOf(mails.mails[0]!, { at, names, byId, conversationOf, copies });
  });

  test('is there at each stop, in order', () => {
    expect(versions(10 * second).map(({ where }) => where)).toEqual([
      'carried, ws-alice to mx (SMTP)',
      'carried, mx to mta1 (SMTP)',
      'carried, inside mta1, port 10024 (SMTP)',
      'carried, inside mta1, port 10025 (SMTP)',
      'carried, mta1 to mbox1 (LMTP)',
      'in bob@acme.example’s mailbox on mbox1',
      'fetched by bob@acme.example on ws-bob',
    ]);
  });

  test('has its envelope only while it is carried', () => {
    const envelopes = versions(10 * second).map(({ envelope }) =>
      envelope?.map(({ text }) => text.replace(/ .*/, '').replace(/^(\w+) ?/, '$1 ')),
    );
    expect(envelopes.slice(0, 5).every((lines) => lines?.length === 2)).toBe(true);
    const [first] = versions(10 * second);
    expect(first!.envelope!.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^MAIL FROM:<alice@far\.example>/),
      expect.stringMatching(/^RCPT TO:<bob@acme\.example>/),
    ]);
    expect(envelopes.slice(5)).toEqual([undefined, undefined]);
  });

  test('keeps its text at every stop, dots and all, while its header grows', async () => {
    const parsed = await Promise.all(versions(10 * second).map(({ content }) => parseMail(content!)));
    for (const mail of parsed) expect(mail.text.trimEnd()).toBe('.\n..\nend');
    const received = parsed.map(({ headers }) => hopsOf(headers).length);
    expect(received).toEqual([...received].sort((a, b) => a - b));
    expect(received[0]).toBe(0);
    expect(received.at(-1)).toBeGreaterThanOrEqual(4);
  });

  test('on the way it is not whole, and at the cursor nothing of later is known', () => {
    const all = versions(10 * second);
    const started = all[1]!.at;
    const then = versions(started);
    expect(then).toHaveLength(2);
    expect(then.at(-1)).toMatchObject({ whole: false });
    expect(versions(0)).toEqual([]);
  });
});

describe('the chain of Received fields', () => {
  test('is told from the first stop on, with what each server saw and how long it took', async () => {
    const chain = await hops(
      [
        'Received: from mta1.example (LHLO mta1.example) (192.0.2.25) by',
        ' mbox1.example with LMTP; Tue, 3 Mar 2026 09:00:05 +0000 (UTC)',
        'Received: from localhost (unknown [127.0.0.1])',
        '\tby mta1.example (Postfix) with ESMTP id 5B63B80F',
        '\tfor <bob@acme.example>; Tue, 3 Mar 2026 09:00:03 +0000 (UTC)',
        'Received: from [203.0.113.10] (ws.example [203.0.113.10])',
        '\tby mta1.example (Postfix) with ESMTPSA id 0FAE880C',
        '\tfor <bob@acme.example>; Tue, 3 Mar 2026 10:00:01 +0100',
      ].join('\r\n'),
    );
    expect(chain).toMatchObject([
      {
        by: 'mta1.example',
        from: '[203.0.113.10]',
        protocol: 'ESMTPSA',
        id: '0FAE880C',
        delayMs: null,
        isLoop: false,
      },
      {
        by: 'mta1.example',
        seenAs: '(unknown [127.0.0.1])',
        delayMs: 2000,
        isLoop: true,
        recipient: 'bob@acme.example',
      },
      {
        by: 'mbox1.example',
        seenAs: '(LHLO mta1.example) (192.0.2.25)',
        protocol: 'LMTP',
        delayMs: 2000,
        isLoop: false,
      },
    ]);
  });

  test('with a clock that is wrong has a negative delay', async () => {
    const chain = await hops(
      'Received: by b; Tue, 3 Mar 2026 09:00:00 +0000\r\nReceived: by a; Tue, 3 Mar 2026 09:00:07 +0000',
    );
    expect(chain.map(({ delayMs }) => delayMs)).toEqual([null, -7000]);
  });

  test('with fields that are none is empty or says what it can', async () => {
    expect(await hops('Subject: x')).toEqual([]);
    expect(await hops('Received: nonsense')).toMatchObject([{ by: '', from: '', date: null }]);
    expect(await hops('Received: from x by y; never')).toMatchObject([{ by: 'y', from: 'x', date: null }]);
  });
});

test('raw lines carry their offsets, and know which bytes they hold', () => {
  const { lines, cut } = rawLines(utf8.encode('a: ü\r\n\r\nlast'));
  expect(lines.map(({ start, end, text }) => [start, end, text])).toEqual([
    [0, 7, 'a: ü'],
    [7, 9, ''],
    [9, 13, 'last'],
  ]);
  expect(cut).toBe(false);
  expect(lines.map((line) => touches(line, [7, 10]))).toEqual([false, true, true]);
  expect(rawLines(utf8.encode('x\n'.repeat(700))).cut).toBe(true);
});
