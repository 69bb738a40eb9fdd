import { beforeAll, describe, expect, test } from 'vitest';

import { currentMail, letterOf, MailsFold, placesAt } from '../../../src/views/mails/fold.ts';
import type { Mail } from '../../../src/views/mails/mail.ts';
import { playWorld, type Played } from '../played.ts';

const second = 1_000_000;
let played: Played;
let fold: MailsFold;
let hello: Mail;
const host = (name: string) => played.names.indexOf(name);

beforeAll(async () => {
  played = await playWorld('two-islands', 60 * second);
  fold = played.fold(MailsFold);
  hello = fold.mails[0]!;
});

describe('a mail from Alice to Bob', () => {
  test('is one mail from the button to the mailbox, though it has three queue ids', () => {
    expect(hello).toMatchObject({
      letter: 'A',
      sender: 'alice@far.example',
      recipients: ['bob@acme.example'],
      firstSeen: second,
    });
    const queueIds = new Set(hello.stays.filter((stay) => stay.kind === 'queue').map((stay) => stay.queueId));
    expect(queueIds.size).toBe(3);
    for (const stay of hello.stays.filter((one) => one.kind === 'queue'))
      expect(fold.mailOfQueueId(stay.hostIndex, stay.queueId)).toBe(hello);
    expect(fold.mailOfMessageId(hello.messageId)).toBe(hello);
  });

  test('is carried from host to host in order, each carriage ending after it began', () => {
    const ways = hello.carriages.map(
      ({ fromHost, toHost }) => `${played.names.short(fromHost)} ${played.names.short(toHost)}`,
    );
    expect(ways).toEqual(['ws-alice mx', 'mx mta1', 'mta1 mta1', 'mta1 mta1', 'mta1 mbox1', 'mbox1 ws-bob']);
    for (const { from, until, lost } of hello.carriages) {
      expect(until).toBeGreaterThan(from);
      expect(until).toBeLessThan(8 * second);
      expect(lost).toBe(false);
    }
  });

  test('lies with the filter between the two carriages over loopback', () => {
    const filter = hello.stays.find((stay) => stay.kind === 'filter')!;
    expect(filter.hostIndex).toBe(host('mta1.acme.example'));
    const [toFilter, back] = hello.carriages.filter(({ fromHost, toHost }) => fromHost === toHost);
    expect(filter).toMatchObject({ from: toFilter!.until, until: back!.from });
  });

  test('at a time in the past is where it was then', () => {
    expect(placesAt(hello, 1.01 * second).stays).toMatchObject([
      { kind: 'user-agent', hostIndex: host('ws-alice.far.example') },
    ]);
    expect(placesAt(hello, 1.2 * second).stays).toMatchObject([
      { queue: 'active', hostIndex: host('mx.far.example') },
    ]);
    const kinds = placesAt(hello, 8 * second).stays.map(({ kind }) => kind);
    expect(kinds).toEqual(['mailbox', 'user-agent']);
  });

  test('has steps in order of time that a newcomer can read', () => {
    const texts = hello.steps.map(({ text }) => text);
    for (const text of [
      'Alice writes and sends',
      'ws-alice hands it to mx',
      'mx queues it',
      'mx asks DNS',
      'mx names the sender',
      'mx hands it to mta1',
      'mta1 asks the directory',
      'mta1 hands it to the filter',
      'mta1 hands it to mbox1',
      'in Bob’s mailbox',
      'Bob reads it',
    ])
      expect(texts).toContain(text);
    const times = hello.steps.map(({ at }) => at);
    expect([...times].sort((a, b) => a - b)).toEqual(times);
  });
});

describe('the other mails of the demo', () => {
  test('each mail that is sent is one mail, and its notification another that points to it', () => {
    const sent = fold.mails.filter((mail) => mail.sender !== '');
    expect(sent.map(({ subject }) => subject)).toEqual([
      'Grüße, Bob! ✉',
      'Re: Grüße, Bob! ✉',
      'Later',
      'Returned',
    ]);
    const reports = fold.mails.filter((mail) => mail.sender === '');
    for (const report of reports) expect(fold.mails[report.reportsOn]!.subject).toBe('Returned');
  });

  test('a mail over a cut cable waits in deferred, with the failed try', () => {
    const later = fold.mails.find(({ subject }) => subject === 'Later')!;
    expect(placesAt(later, 32 * second).stays).toMatchObject([{ queue: 'deferred' }]);
    expect(later.tries[0]).toMatchObject({ status: 'deferred', recipient: 'sales@acme.example' });
    expect(later.steps.map(({ text, tone }) => `${text} ${tone}`)).toContain('mx must wait wait');
  });

  test('the current mail is the last one that was sent, or the selected one', () => {
    expect(currentMail(fold, null, 0)).toBeNull();
    expect(currentMail(fold, null, 8 * second)).toBe(hello);
    expect(currentMail(fold, null, 12 * second)!.subject).toBe('Re: Grüße, Bob! ✉');
    expect(currentMail(fold, { kind: 'mail', mail: 0 }, 12 * second)).toBe(hello);
  });
});

test('on one host, a mail from user to user is one mail in one mailbox', async () => {
  const postcard = await playWorld('postcard', 6 * second);
  const mails = postcard.fold(MailsFold).mails;
  expect(mails).toHaveLength(1);
  expect(mails[0]!.stays.map(({ kind }) => kind)).toContain('mailbox');
});

test('letters go A to Z, then A1', () => {
  expect([0, 25, 26, 52].map(letterOf)).toEqual(['A', 'Z', 'A1', 'A2']);
});
