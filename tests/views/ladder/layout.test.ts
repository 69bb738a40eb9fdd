import { describe, expect, test } from 'vitest';

import type { WireLine } from '../../../src/decode/conversation.ts';
import { ConversationsFold } from '../../../src/decode/conversations.ts';
import { namesOf } from '../../../src/decode/names.ts';
import { chooseConversation, standing } from '../../../src/views/ladder/choose.ts';
import { hexRows } from '../../../src/views/ladder/hex.ts';
import { bytesOf, layoutLadder, lineOfEvent, textLines } from '../../../src/views/ladder/layout.ts';
import * as ascii from '../../../workers/bytes/ascii.ts';
import { SECOND } from '../../../workers/os/os.ts';

import { deliver, eventsOf, folded, sceneWorld } from '../../decode/scene.ts';

const w = sceneWorld();
w.call('mx.far.example', deliver);
w.run(w.now + SECOND);
const fold = folded(ConversationsFold, w);
const smtp = fold.conversations.find(({ protocol }) => protocol === 'smtp')!;
const base = { names: namesOf(w.world), selected: null, rowsMax: 0, unfolded: new Set<WireLine>() };
const mail = smtp.lines.find(({ role }) => role === 'MAIL')!;

describe('the rows of a ladder', () => {
  test('fold a reply of several lines, until it is unfolded', () => {
    const { rows } = layoutLadder(smtp, { ...base, cursor: w.now });
    expect(rows.map(({ text }) => text)).toContain('250-mta1.acme.example … 250 8BITMIME');
    const reply = rows.find(({ folded: lines }) => lines.length > 1)!;
    const unfolded = layoutLadder(smtp, { ...base, cursor: w.now, unfolded: new Set([reply.line]) });
    expect(unfolded.rows.length).toBe(rows.length + 3);
  });

  test('are past, now and to come as the cursor says', () => {
    const { rows } = layoutLadder(smtp, { ...base, cursor: mail.at });
    const at = rows.findIndex(({ line }) => line === mail);
    expect(rows[at]!.when).toBe('now');
    expect(rows.slice(0, at).every(({ when }) => when === 'past')).toBe(true);
    expect(rows.slice(at + 1).every(({ when }) => when === 'future')).toBe(true);
  });

  test('never fold what was said together with what is to come', () => {
    const first = smtp.lines.findIndex(({ role }) => role === '250 EHLO');
    const split = {
      ...smtp,
      lines: smtp.lines.map((line, i) => (i <= first ? line : { ...line, at: line.at + 1 })),
    };
    const { rows } = layoutLadder(split, { ...base, cursor: smtp.lines[first]!.at });
    expect(rows[first]).toMatchObject({ when: 'now', text: '250-mta1.acme.example' });
  });

  test('are at most as many as fit, with the current one among them', () => {
    const whole = layoutLadder(smtp, { ...base, cursor: w.now }).rows.length;
    const { rows, earlier, later } = layoutLadder(smtp, { ...base, cursor: mail.at, rowsMax: 4 });
    expect(rows.length).toBe(4);
    expect(rows.some(({ when }) => when === 'now')).toBe(true);
    expect(earlier).toBeLessThan(whole);
    expect(later).toBeGreaterThan(0);
    expect(
      layoutLadder(smtp, { ...base, cursor: mail.at, selected: smtp.lines.at(-1)!, rowsMax: 4 }).rows.at(-1)!
        .isSelected,
    ).toBe(true);
  });

  test('tell what the letter holds so far', () => {
    const body = layoutLadder(smtp, { ...base, cursor: w.now }).rows.find(({ isBody }) => isBody)!;
    expect(body.size).toMatchObject({ lines: 6 });
  });
});

describe('the bytes of a line', () => {
  const event = eventsOf(w);

  test('come from the packets that carried it', () => {
    const { bytes, isWhole } = bytesOf(mail, { cursor: w.now, bytesMax: 2000, event });
    expect(isWhole).toBe(true);
    expect(ascii.decode(bytes)).toBe(`${mail.text}\r\n`);
  });

  test('are cut at the bound, and missing where the trace let them go', () => {
    const body = smtp.lines.find(({ kind }) => kind === 'body')!;
    const cut = bytesOf(body, { cursor: w.now, bytesMax: 10, event });
    expect([cut.bytes.length, cut.total > 10]).toEqual([10, true]);
    expect(bytesOf(body, { cursor: w.now, bytesMax: 10, event: () => null }).isWhole).toBe(false);
    expect(textLines(bytesOf(body, { cursor: w.now, bytesMax: 9999, event }).bytes)[4]).toBe('..dots');
  });

  test('are printed as hexdump does', () => {
    const [row, rest] = hexRows(ascii.encode('MAIL FROM:<a@b>\r\nx'));
    expect(row).toEqual({
      offset: '0000',
      groups: ['4d 41 49 4c 20 46 52 4f', '4d 3a 3c 61 40 62 3e 0d'],
      ascii: 'MAIL FROM:<a@b>.',
    });
    expect(rest).toEqual({ offset: '0010', groups: ['0a 78'], ascii: '.x' });
  });
});

describe('which conversation is shown', () => {
  const options = { cursor: w.now, event: eventsOf(w), carriages: () => [] };
  const choose = (selection: Parameters<typeof chooseConversation>[1]['selection'], cursor = w.now) =>
    chooseConversation(fold, { ...options, cursor, selection });

  test('follows the time when nothing is selected', () => {
    expect(choose(null)).toBe(smtp.number);
    expect(fold.conversations[choose(null, 2000)]!.protocol).toBe('dns');
    expect(choose(null, 0)).toBe(-1);
  });

  test('is that of the selection', () => {
    const dns = fold.between(0, 2)[0]!;
    expect(choose({ kind: 'event', id: dns.lines[0]!.event })).toBe(dns.number);
    expect(choose({ kind: 'link', between: [0, 2] })).toBe(dns.number);
    expect(choose({ kind: 'host', host: 1 })).toBe(smtp.number);
    expect(choose({ kind: 'conversation', conversation: 0 })).toBe(0);
    expect(lineOfEvent(dns, dns.lines[1]!.event, null)).toBe(dns.lines[1]);
    const carriages = () => [{ event: mail.event, from: mail.at }];
    const byMail = chooseConversation(fold, { ...options, carriages, selection: { kind: 'mail', mail: 0 } });
    expect(byMail).toBe(smtp.number);
  });

  test('stands as of the cursor', () => {
    expect(standing(smtp, w.now)).toBe(`closed, ${smtp.lines.length} lines`);
    expect(standing(smtp, smtp.openedAt)).toBe('opening, 0 lines');
  });
});
