// What a terminal shows: the line behind the prompt, the state at a cursor, and the same as plain text.
import { describe, expect, test } from 'vitest';

import type { TraceEvent } from '../../workers/api.ts';

import { piecesUntil, TerminalsFold } from '../../src/terminal/fold.ts';
import { cellsOf, draw, erase } from '../../src/terminal/line-drawing.ts';
import { PlainText } from '../../src/terminal/plain-text.ts';
import { summary } from '../../src/terminal/words.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('a line behind the prompt', () => {
  test('is drawn with the cursor in its place, and taken away from there', () => {
    const { drawn, sequence } = draw('mailq', 2, 12, 80);
    expect(sequence).toBe('mailq\r\x1b[14C');
    expect(erase(drawn, 80)).toBe('\r\x1b[12C\x1b[J');
  });

  test('goes on in the next rows', () => {
    const { drawn, sequence } = draw('x'.repeat(100), 100, 12, 80);
    expect(sequence).toBe('x'.repeat(100));
    expect(erase(drawn, 80)).toBe('\x1b[1A\r\x1b[12C\x1b[J');
    expect(draw('x'.repeat(100), 0, 12, 80).sequence).toBe(`${'x'.repeat(100)}\x1b[1A\r\x1b[12C`);
  });

  test('that ends at the edge makes the terminal go to the next row', () => {
    expect(draw('x'.repeat(68), 68, 12, 80).sequence).toBe(`${'x'.repeat(68)} \b`);
  });

  test('never sends what was pasted as a command to the terminal', () => {
    expect(draw('a\x1b[2Jb', 0, 0, 80).sequence).not.toContain('\x1b[2J');
  });

  test('counts wide and combining characters', () => {
    expect(cellsOf('ab')).toBe(2);
    expect(cellsOf('日本')).toBe(4);
    expect(cellsOf('e\u0301')).toBe(1);
    expect(cellsOf('😀')).toBe(2);
  });
});

describe('the terminals at a cursor', () => {
  const event = (at: number, rest: object) =>
    ({ id: at, n: at, cause: 0, hostIndex: 3, at, ...rest }) as unknown as TraceEvent;

  test('are those that were open, with what they had shown', () => {
    const fold = new TerminalsFold();
    fold.add(event(1, { kind: 'tty.opened', tty: 1, columns: 80 }));
    fold.add(event(2, { kind: 'tty.output-written', tty: 1, bytes: bytes('# ') }));
    fold.add(event(5, { kind: 'tty.command-started', tty: 1, pid: 7, command: 'mailq' }));
    fold.add(event(6, { kind: 'tty.output-written', tty: 1, bytes: bytes('empty\n') }));
    fold.add(event(7, { kind: 'tty.command-ended', tty: 1, command: 'mailq', status: 0 }));
    fold.add(event(9, { kind: 'tty.closed', tty: 1 }));
    expect(fold.openAt(0)).toEqual([]);
    const [terminal] = fold.openAt(8);
    expect(fold.openAt(9)).toEqual([]);
    expect([1, 2, 5, 6].map((at) => piecesUntil(terminal!.pieces, at))).toEqual([0, 1, 1, 2]);
    expect(TerminalsFold.runningAt(terminal!, 6)?.command).toBe('mailq');
    expect(TerminalsFold.runningAt(terminal!, 7)).toBeNull();
  });

  test('are lost when their host goes down, and the number is free again', () => {
    const fold = new TerminalsFold();
    fold.add(event(1, { kind: 'tty.opened', tty: 1, columns: 80 }));
    fold.add(event(2, { kind: 'host.crashed' }));
    fold.add(event(3, { kind: 'tty.opened', tty: 1, columns: 80 }));
    fold.add(event(4, { kind: 'tty.output-written', tty: 1, bytes: bytes('x') }));
    expect(fold.terminals.map(({ isLost, pieces }) => [isLost, pieces.length])).toEqual([
      [true, 0],
      [false, 1],
    ]);
  });
});

describe('plain text', () => {
  test('has the lines without colours, and what a carriage return left', () => {
    const plain = new PlainText();
    plain.add(bytes('\x1b[1mroot@mx\x1b[0m:~# mai'));
    plain.add(bytes('lq\n10%\r20%\r\nä'.slice(0, 12)));
    expect(plain.lines).toEqual(['root@mx:~# mailq', '20%']);
    plain.add(bytes('\x1b]0;title\x07end'));
    expect(plain.last).toContain('end');
    expect(plain.last).not.toContain('title');
  });

  test('a character in two pieces stays one', () => {
    const plain = new PlainText();
    plain.add(Uint8Array.of(0xc3));
    plain.add(Uint8Array.of(0xa4, 10));
    expect(plain.lines).toEqual(['ä']);
  });

  test('is summed up in one sentence', () => {
    expect(summary('true', 0, [])).toBe('true ended well; it printed nothing.');
    expect(summary('false', 1, ['no'])).toBe('false ended with exit code 1; it printed 1 line. It says: no.');
    expect(summary('mailq', null, ['a', 'b'])).toContain(
      'still runs; it printed 2 lines. First: a. Last: b.',
    );
  });
});
