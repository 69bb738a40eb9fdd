// The line that is typed: keys as a terminal sends them, and what comes of them.
import { beforeEach, describe, expect, test, vi } from 'vitest';

import { History } from '../../src/terminal/history.ts';
import { LineEditor } from '../../src/terminal/line-editor.ts';

const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
});

const up = '\x1b[A';
const down = '\x1b[B';
const editor = () => new LineEditor(new History('two-islands:mta1'));
const typed = (keys: string, line = editor()) => {
  line.feed(keys);
  return `${line.text.slice(0, line.cursor)}|${line.text.slice(line.cursor)}`;
};

describe('a line', () => {
  test('is typed, moved in and deleted from as in a shell', () => {
    expect(typed('mailq')).toBe('mailq|');
    expect(typed('mailq\x01')).toBe('|mailq');
    expect(typed('postqueue -p\x1b[1;5D')).toBe('postqueue |-p');
    expect(typed('postqueue -p\x1bb\x1bb\x1bf')).toBe('postqueue| -p');
    expect(typed('mailx\x7fq')).toBe('mailq|');
    expect(typed('one two three\x17')).toBe('one two |');
    expect(typed('one two\x15')).toBe('|');
    expect(typed('one two\x01\x0b\x19\x19')).toBe('one twoone two|');
    expect(typed('ab\x1b[D\x1b[3~')).toBe('a|');
    expect(typed('a😀\x7fb')).toBe('ab|');
  });

  test('is sent whole by Enter, several pasted ones together', () => {
    expect(editor().feed('mailq\r')).toEqual([{ kind: 'send', text: 'mailq\n' }]);
    const line = editor();
    expect(line.feed('for i in 1 2\r\ndo echo $i\ndone\r; ec')).toEqual([
      { kind: 'send', text: 'for i in 1 2\ndo echo $i\ndone\n' },
    ]);
    expect(line.text).toBe('; ec');
  });

  test('is given up with Ctrl-C; Ctrl-D ends the input only where nothing is written', () => {
    const line = editor();
    expect(line.feed('rm -rf /\x03')).toEqual([{ kind: 'interrupt' }]);
    expect(line.text).toBe('');
    expect(line.feed('\x04')).toEqual([{ kind: 'end' }]);
    expect(line.feed('x\x01\x04')).toEqual([]);
    expect(line.text).toBe('');
  });

  test('takes no control characters and no unknown keys as text', () => {
    expect(typed('a\x1b[5~\x1bOP\x1b[15~\x00b')).toBe('ab|');
  });
});

describe('the history of a host', () => {
  test('is gone through with the arrows, and the line begun is there again at its end', () => {
    const line = editor();
    line.feed('mailq\rpostqueue -f\rdra');
    expect(typed(up, line)).toBe('postqueue -f|');
    expect(typed(up + up, line)).toBe('mailq|');
    expect(typed(down + down + down, line)).toBe('dra|');
  });

  test('is there again after a reload, without repetitions', () => {
    editor().feed('mailq\rmailq\r');
    expect(typed(up)).toBe('mailq|');
    expect(typed(up + up)).toBe('mailq|');
    expect(new History('two-islands:mx').lines).toEqual([]);
  });

  test('what is kept may be anything', () => {
    kept.set('postroom:history:two-islands:mta1', '{"lines":[1]}');
    expect(new History('two-islands:mta1').lines).toEqual([]);
    kept.set('postroom:history:two-islands:mta1', '["ls",7,null]');
    expect(new History('two-islands:mta1').lines).toEqual(['ls']);
  });

  test('is searched back with Ctrl-R', () => {
    const line = editor();
    line.feed('grep sent a\rmailq\rgrep sent b\r\x12sent');
    expect(line.shown.text).toBe('(search back: sent) grep sent b');
    line.feed('\x12');
    expect(line.text).toBe('grep sent a');
    expect(line.feed('\r')).toEqual([{ kind: 'send', text: 'grep sent a\n' }]);
    line.feed('half\x12mail\x07');
    expect(line.text).toBe('half');
    line.feed('\x12mail\x1b[D');
    expect(line.isSearching).toBe(false);
    expect(line.text).toBe('mailq');
  });
});
