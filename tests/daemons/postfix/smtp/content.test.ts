// What the delivery agent does to content for servers that do not take it as it is.
import { describe, expect, test } from 'vitest';

import * as ascii from '../../../../workers/bytes/ascii.ts';
import { downgradeTo7Bit } from '../../../../workers/daemons/postfix/smtp/downgrade.ts';
import { foldLines } from '../../../../workers/daemons/postfix/smtp/fold-lines.ts';

const joined = (pieces: readonly Uint8Array[]): string => pieces.map((piece) => ascii.decode(piece)).join('');

describe('foldLines', () => {
  test('breaks a line at the limit and goes on after a blank', () => {
    const content = ascii.encode(`a\r\n${'x'.repeat(25)}\r\nb\r\n`);
    expect(joined(foldLines([content], 10))).toBe(
      `a\r\n${'x'.repeat(10)}\r\n ${'x'.repeat(9)}\r\n ${'x'.repeat(6)}\r\nb\r\n`,
    );
  });
  test('passes on content without such lines as it is', () => {
    const pieces = [ascii.encode(`${'x'.repeat(10)}\r\n`.repeat(50)), ascii.encode('y')];
    expect(foldLines(pieces, 10)).toBe(pieces);
    expect(foldLines([ascii.encode('z'.repeat(5000))], 0)).toHaveLength(1);
  });
  test('ends with any limit, also one that leaves no room after the blank', () => {
    expect(joined(foldLines([ascii.encode('abc\r\n')], 1))).toBe('ab\r\n c\r\n');
  });
  test('sees a line that goes on in the next piece, wherever it is cut', () => {
    const whole = `${'x'.repeat(23)}\r\nshort\r\n${'y'.repeat(11)}\r\n`;
    const expected = joined(foldLines([ascii.encode(whole)], 10));
    for (let cut = 0; cut <= whole.length; cut++) {
      // Where CR and LF are apart the CR counts as an octet of its line: no line is longer for it.
      const pieces = foldLines([ascii.encode(whole.slice(0, cut)), ascii.encode(whole.slice(cut))], 10);
      expect(joined(pieces).replaceAll('\r\n ', ''), `cut at ${cut}`).toBe(expected.replaceAll('\r\n ', ''));
      for (const line of joined(pieces).split('\r\n')) expect(line.length).toBeLessThanOrEqual(10);
    }
  });
});

describe('downgradeTo7Bit', () => {
  const downgraded = (text: string): string => joined(downgradeTo7Bit([ascii.encode(text)]));

  test('makes an 8-bit body quoted-printable', () => {
    expect(downgraded('Content-Transfer-Encoding: 8bit\r\nSubject: x\r\n\r\ncaf\xe9 = x \r\nend\r\n')).toBe(
      'Content-Transfer-Encoding: quoted-printable\r\nSubject: x\r\n\r\ncaf=E9 =3D x=20\r\nend\r\n',
    );
  });
  test('labels what is around as 7bit, and leaves other parts alone', () => {
    const message =
      'Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 8bit\r\n\r\n' +
      '--b\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xfc\r\n--b\r\n\r\nplain = \r\n--b--\r\n';
    expect(downgraded(message)).toBe(
      'Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 7bit\r\n\r\n' +
        '--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=FC\r\n--b\r\n\r\nplain = \r\n--b--\r\n',
    );
  });
  test('breaks lines softly before they exceed 76 characters', () => {
    const lines = downgraded(`Content-Transfer-Encoding: 8bit\r\n\r\n${'\xe9'.repeat(200)}\r\n`)
      .split('\r\n')
      .slice(2);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(76);
    expect(
      lines
        .join('')
        .replaceAll(/=(?=$|=)/g, '')
        .match(/E9/g),
    ).toHaveLength(200);
  });
  test('without 8-bit parts nothing changes', () => {
    const message = 'Subject: x\r\n\r\nbody = \r\n';
    expect(downgraded(message)).toBe(message);
  });
});
