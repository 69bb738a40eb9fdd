// What the people of two-islands see in their mail programs.
import { beforeAll, describe, expect, test } from 'vitest';

import { ConversationsFold } from '../../../src/decode/conversations.ts';
import { parseMail } from '../../../src/decode/parse-mail.ts';
import { MailboxFold, type Errand } from '../../../src/views/mailbox/fold.ts';
import { mailboxAt, quoted, replySubject, statusAt } from '../../../src/views/mailbox/layout.ts';
import { headsIn } from '../../../src/views/mailbox/listed.ts';
import { Played } from '../two-islands-demo.ts';

const second = 1_000_000;
const alice = 'alice@far.example';
const bob = 'bob@acme.example';
const wsAlice = 'ws-alice.far.example';
const wsBob = 'ws-bob.acme.example';
const letter = { to: bob, subject: 'Grüße', text: 'Hello' };

let played: Played;
let fold: MailboxFold;
let talks: ConversationsFold;

const headsOf = (at: number) => (errand: Errand) =>
  errand.servers.flatMap(({ opening }) => {
    const conversation = talks.conversations[talks.of(played.byId(opening)!)]!;
    return headsIn(conversation, at, played.byId);
  });
const box = (user: string, atS: number) =>
  mailboxAt(fold, { user, at: atS * second, headsOf: headsOf(atS * second) });
const words = (errand: Errand, at: number) => statusAt(errand, at, 'Alice');

beforeAll(async () => {
  played = await Played.run(60, [
    [1, { kind: 'mua.send', host: wsAlice, user: alice, ...letter }],
    [1, { kind: 'mua.send', host: wsAlice, user: alice, ...letter, subject: 'Again' }],
    [6, { kind: 'mua.fetch', host: wsBob, user: bob, uid: 0 }],
    [8, { kind: 'mua.fetch', host: wsBob, user: bob, uid: 2 }],
    [10, { kind: 'mua.send', host: wsAlice, user: alice, ...letter, to: 'nobody' }],
    [12, { kind: 'link.set', between: [wsAlice, 'mx.far.example'], fault: 'refuse' }],
    [13, { kind: 'mua.send', host: wsAlice, user: alice, ...letter, subject: 'Late' }],
    [14, { kind: 'mua.send', host: wsAlice, user: alice, ...letter, subject: 'Never' }],
    [14, { kind: 'host.crash', host: wsAlice }],
  ]);
  fold = played.fold(MailboxFold);
  talks = played.fold(ConversationsFold);
});

describe('a letter that was sent', () => {
  test('is looked after step by step: looking, handing in, handed in', () => {
    const [first] = fold.errands as [Errand];
    const said = [first.at, first.servers.at(-1)!.at, first.outcomes[0]!.at].map((at) => words(first, at));
    expect(said).toEqual([
      { tone: 'wait', says: 'looking for the server' },
      { tone: 'wait', says: 'handing it in to mx' },
      { tone: 'plain', says: 'handed in to mx' },
    ]);
  });

  test('that was never valid says so in the user agent’s words', () => {
    const errand = fold.errands.find(({ to }) => to === 'nobody')!;
    expect(words(errand, 11 * second)).toMatchObject({
      tone: 'fail',
      says: expect.stringMatching(/not a valid email/),
    });
  });

  test('that finds no server fails with its words', () => {
    const late = fold.errands.find(({ subject }) => subject === 'Late')!;
    expect(words(late, 60 * second).tone).toBe('fail');
  });

  test('whose computer was switched off is not waited for', () => {
    const never = fold.errands.find(({ subject }) => subject === 'Never')!;
    expect(words(never, 60 * second)).toEqual({ tone: 'fail', says: 'The computer was switched off.' });
  });

  test('stands among the sent ones, newest first, and only from its time on', () => {
    expect(box(alice, 5).sent.map(({ subject }) => subject)).toEqual(['Again', 'Grüße']);
    expect(box(alice, 0.5).sent).toEqual([]);
    expect(box(bob, 60).sent).toEqual([]);
  });
});

describe('the inbox', () => {
  test('is unknown until its owner looks, though letters lie in it', () => {
    expect(box(bob, 5.9).rows).toBeNull();
  });

  test('then lists the letters as the mailstore sent their heads', async () => {
    const { rows, messages, listedAt } = box(bob, 7);
    expect(messages).toBe(2);
    expect(listedAt).toBeGreaterThan(6 * second);
    expect(rows!.map(({ uid, fetched }) => [uid, fetched])).toEqual([
      [2, null],
      [1, null],
    ]);
    const subjects = await Promise.all(rows!.map(async ({ head }) => (await parseMail(head!.bytes)).subject));
    expect(subjects.sort()).toEqual(['Again', 'Grüße']);
  });

  test('shows a letter as fetched once it was opened, not before', () => {
    expect(box(bob, 7.9).rows![0]).toMatchObject({ uid: 2, fetched: null });
    expect(box(bob, 9).rows![0]).toMatchObject({ uid: 2, fetched: { user: bob, uid: 2 } });
    expect(box(bob, 9).rows![1]).toMatchObject({ uid: 1, fetched: null });
  });

  test('of somebody else shows nothing of it', () => {
    expect(box(alice, 11).rows).toBeNull();
  });
});

test('a reply has one Re:, and quotes line by line', () => {
  expect(replySubject('Hello')).toBe('Re: Hello');
  expect(replySubject('RE: Hello')).toBe('RE: Hello');
  expect(quoted('a\nb\n\n', 'Bob')).toBe('\n\nBob wrote:\n> a\n> b\n');
});
