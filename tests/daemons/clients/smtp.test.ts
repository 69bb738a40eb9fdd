import { expect, test } from 'vitest';

import * as ascii from '../../../workers/bytes/ascii.ts';
import { encodeContent } from '../../../workers/daemons/clients/smtp-content.ts';
import {
  isSent,
  openSession,
  quitSession,
  sendTransaction,
  standardTimeouts,
  type Outcome,
  type SessionOptions,
  type Transaction,
} from '../../../workers/daemons/clients/smtp.ts';
import type { Os, Proc } from '../../../workers/os/os.ts';
import { farEnd, type Script } from '../far-end.ts';
import { TestWorld } from '../../simulate.ts';

interface Result {
  failure: Outcome | null;
  outcomes: Outcome[];
  open: boolean;
  lines: string[];
  messages: string[];
}

function talk(
  script: Script,
  options: Partial<SessionOptions & Transaction> & { to?: string[] } = {},
): Result {
  const far = farEnd(script);
  const world = new TestWorld([
    { name: 'near.example', address: '192.0.2.1' },
    { name: 'far.example', address: '192.0.2.2', boot: far.boot },
  ]);
  const content = options.content ?? [ascii.encode('Subject: x\r\n\r\nbody\r\n')];
  const result = world.call('near.example', function* (os: Os): Proc<Omit<Result, 'lines' | 'messages'>> {
    const conn = yield* os.connect({
      to: { address: '192.0.2.2', port: script.port ?? 25 },
      deadline: os.now() + 1e6,
    });
    if (typeof conn === 'string') throw new Error(conn);
    const session = yield* openSession(os, conn, {
      protocol: 'smtp',
      hello: 'near.example',
      timeouts: standardTimeouts,
      ...options,
    });
    if ('failure' in session) return { failure: session.failure, outcomes: [], open: false };
    const sent = yield* sendTransaction(os, session, {
      sender: 'a@near.example',
      recipients: (options.to ?? ['u@far.example']).map((address) => ({ address })),
      size: 20,
      body: '7BIT',
      ...options,
      content,
    });
    if (sent.open) yield* quitSession(os, session);
    return { failure: null, ...sent };
  });
  world.run(world.now + 1e6);
  return { ...result, lines: far.saw.lines, messages: far.saw.messages };
}

test('a transaction with PIPELINING, closed by QUIT with the end of data', () => {
  const result = talk({}, { last: true });
  expect(result.outcomes.map(isSent)).toEqual([true]);
  expect(result.open).toBe(false);
  expect(result.lines).toEqual([
    'EHLO near.example',
    'MAIL FROM:<a@near.example> SIZE=20 BODY=7BIT',
    'RCPT TO:<u@far.example>',
    'DATA',
    'Subject: x',
    '',
    'body',
    '.',
    'QUIT',
  ]);
});

test('without PIPELINING nothing useless is sent after a refusal', () => {
  const result = talk({ offers: [], mail: '552 5.3.4 too big' });
  expect(result.lines).toEqual(['EHLO near.example', 'MAIL FROM:<a@near.example>', 'RSET', 'QUIT']);
  expect(result.outcomes[0]).toMatchObject({
    kind: 'reply',
    command: 'MAIL FROM command',
    reply: { code: 552, enhanced: '5.3.4' },
  });
});

test('each recipient has its own outcome', () => {
  const rcpt = (line: string): string =>
    line.includes('bad@') ? '550 5.1.1 no' : line.includes('busy@') ? '450 later' : '250 Ok';
  const result = talk({ rcpt }, { to: ['bad@x', 'u@x', 'busy@x'] });
  expect(result.outcomes.map(isSent)).toEqual([false, true, false]);
  expect(result.outcomes[2]).toMatchObject({
    command: 'RCPT TO command',
    reply: { code: 450, enhanced: '4.0.0', text: '450 later' },
  });
  expect(result.open).toBe(true);
});

test('when all recipients are refused no message is sent', () => {
  const result = talk({ rcpt: '550 5.1.1 no' }, { last: true });
  expect(result.messages).toEqual([]);
  expect(result.lines.at(-1)).toBe('QUIT');
});

test('LMTP: one reply per accepted recipient', () => {
  let n = 0;
  const eod = (): string => (++n === 1 ? '250 2.1.5 delivered' : '452 4.2.2 Over quota');
  const result = talk({ lmtp: true, eod, port: 7025 }, { protocol: 'lmtp', to: ['u@x', 'v@x'] });
  expect(result.lines[0]).toBe('LHLO near.example');
  expect(result.outcomes.map((outcome) => (outcome.kind === 'reply' ? outcome.reply.code : 0))).toEqual([
    250, 452,
  ]);
});

test('HELO when EHLO is not known', () => {
  const result = talk({ hello: '500 what?' });
  expect(result.lines.slice(0, 3)).toEqual([
    'EHLO near.example',
    'HELO near.example',
    'MAIL FROM:<a@near.example>',
  ]);
});

test('AUTH PLAIN with an initial response; a refusal is an outcome', () => {
  const auth = { user: 'alice@far.example', password: 'wonderland' };
  const result = talk({ offers: ['AUTH PLAIN LOGIN'] }, { auth });
  expect(result.lines[1]).toBe('AUTH PLAIN AGFsaWNlQGZhci5leGFtcGxlAHdvbmRlcmxhbmQ=');
  expect(result.failure).toBeNull();
  expect(talk({ offers: [] }, { auth }).failure).toMatchObject({ kind: 'reply', command: 'AUTH command' });
});

test('XFORWARD sends what the server offers, in two commands', () => {
  const result = talk(
    { offers: ['XFORWARD NAME ADDR PROTO HELO SOURCE'] },
    {
      xforward: [
        ['NAME', ''],
        ['ADDR', '192.0.2.9'],
        ['PORT', '1'],
        ['PROTO', 'ESMTP'],
        ['HELO', 'a+b'],
        ['SOURCE', 'REMOTE'],
      ],
    },
  );
  expect(result.lines.slice(1, 3)).toEqual([
    'XFORWARD NAME=[UNAVAILABLE] ADDR=192.0.2.9',
    'XFORWARD PROTO=ESMTP HELO=a+2Bb SOURCE=REMOTE',
  ]);
});

test.each([
  [{ greeting: '421 4.3.2 busy' }, 'initial greeting'],
  [{ hello: '421 4.3.2 busy' }, 'EHLO command'],
] as [Script, string][])('%o is a failure of the handshake', (script, command) => {
  expect(talk(script).failure).toMatchObject({ kind: 'reply', command });
});

test.each([
  [{ cutAt: 'greeting' }, 'receiving the initial server greeting'],
  [{ cutAt: 'rcpt', offers: [] }, 'sending RCPT TO'],
  [{ cutAt: 'eod' }, 'sending end of data -- message may be sent more than once'],
] as [Script, string][])('a connection lost with %o', (script, doing) => {
  const result = talk(script);
  expect(result.failure ?? result.outcomes[0]).toMatchObject({ kind: 'lost', doing });
});

test('silence ends at the deadline', () => {
  expect(talk({ greeting: null }).failure).toMatchObject({
    kind: 'timeout',
    doing: 'receiving the initial server greeting',
  });
});

test('an endless reply is bounded', () => {
  const result = talk({ greeting: '220-x\r\n'.repeat(2000) + '220 y' });
  expect(result.failure).toMatchObject({ kind: 'garbled' });
});

test('dots at line starts are doubled, also where pieces meet', () => {
  const end = ascii.encode('.\r\n');
  const encode = (...pieces: string[]): string =>
    encodeContent(pieces.map(ascii.encode), end)
      .map((p) => ascii.decode(p))
      .join('');
  expect(encode('.a\r\n..b\r\nc.d\r\n')).toBe('..a\r\n...b\r\nc.d\r\n.\r\n');
  expect(encode('a\r\n', '.b')).toBe('a\r\n..b\r\n.\r\n');
  expect(encode('a', '.b\r\n')).toBe('a.b\r\n.\r\n');
  expect(encode()).toBe('.\r\n');
});
