import { expect, test } from 'vitest';

import { letterText } from '../../src/routes/start/letter-text.ts';
import { storyAt } from '../../src/routes/start/story.ts';
import { MailsFold } from '../../src/views/mails/fold.ts';
import * as utf8 from '../../workers/bytes/utf8.ts';
import type { InputCommand } from '../../workers/api.ts';
import { playWorld } from '../views/played.ts';

const second = 1_000_000;
const alice = { host: 'ws-alice.far.example', user: 'alice@far.example' };
const bob = { host: 'ws-bob.acme.example', user: 'bob@acme.example' };
const send: InputCommand = {
  kind: 'mua.send',
  ...alice,
  to: bob.user,
  subject: 'Grüße ✉',
  text: 'ÄÖÜ ß € 日本',
};
const cast = { from: alice.user, to: bob.user, toHost: 11 };

test('the story of a letter: nothing, under way, arrived, read; and the cursor tells which', async () => {
  const played = await playWorld('two-islands', 10 * second, [
    { at: second, command: send },
    { at: 4 * second, command: { kind: 'mua.fetch', ...bob, uid: 1 } },
  ]);
  const { mails } = played.fold(MailsFold);
  expect(storyAt(mails, second - 1, cast)).toBeNull();
  const underWay = storyAt(mails, second + 100_000, cast)!;
  expect(underWay).toMatchObject({ arrived: null, read: null, failed: null, sentAt: second });
  expect(storyAt(mails, 3 * second, cast)!.arrived).not.toBeNull();
  expect(storyAt(mails, 3 * second, cast)!.read).toBeNull();
  const done = storyAt(mails, 10 * second, cast)!;
  expect(done.read).not.toBeNull();
  expect(done.steps.length).toBeGreaterThan(underWay.steps.length);
  const fetched = played.context.byId(done.read!.event)!;
  expect(fetched.kind === 'mua.message-fetched' && letterText(fetched.content)).toEqual({
    from: 'Alice <alice@far.example>',
    subject: 'Grüße ✉',
    text: 'ÄÖÜ ß € 日本',
  });
});

test('a letter in quoted-printable or base64 is read as text', () => {
  const letter = (encoding: string, body: string) =>
    utf8.encode(`Subject: x\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}\r\n`);
  expect(letterText(letter('quoted-printable', 'Gr=C3=BC=C3=9Fe, =\r\nBob')).text).toBe('Grüße, Bob');
  expect(letterText(letter('base64', 'R3LDvMOfZQ==')).text).toBe('Grüße');
  expect(letterText(letter('base64', '*')).text).toBe('*');
});
