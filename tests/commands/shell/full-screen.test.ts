// Programs that take the window and read keys: less, watch; a password that is not shown; the editor.
import { describe, expect, test } from 'vitest';

import { SECOND } from '../../../workers/os/os.ts';

import { terminalWith, type TypedTerminal } from './typed.ts';

const numbers = Array.from({ length: 100 }, (_, i) => `line ${i + 1}`).join('\n') + '\n';
/** The rows that the last drawing of the window shows. */
const page = (shown: string) =>
  shown
    .slice(shown.lastIndexOf('\x1b[H') + 3)
    .replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '')
    .split('\n');
const mode = (terminal: TypedTerminal) => terminal.world.seen('tty.mode-changed').at(-1)?.mode;

describe('less', () => {
  const opened = (command = 'less /tmp/n', text = numbers) => {
    const terminal = terminalWith({ '/tmp/n': text });
    return { terminal, first: page(terminal.type(`${command}\n`)) };
  };

  test('shows a page at a time, goes on and back with keys, and leaves the window as it was', () => {
    const { terminal, first } = opened();
    expect(first).toHaveLength(24);
    expect([first[0], first[22], first[23]]).toEqual(['line 1', 'line 23', '/tmp/n']);
    expect(mode(terminal)).toBe('key');
    expect(page(terminal.type(' '))[0]).toBe('line 24');
    expect(page(terminal.type('\x1b[A'))[0]).toBe('line 23');
    expect(page(terminal.type('jj'))[0]).toBe('line 25');
    const end = page(terminal.type('G'));
    expect([end[0], end[22], end[23]]).toEqual(['line 78', 'line 100', '(END)']);
    expect(page(terminal.type(' '))[0]).toBe('line 78');
    expect(page(terminal.type('g'))[0]).toBe('line 1');
    expect(terminal.type('q')).toMatch(/\x1b\[\?1049lroot@mta1:~# $/);
    expect(mode(terminal)).toBe('line');
  });

  test('finds text, forwards and back, and says when there is none', () => {
    const { terminal } = opened();
    expect(page(terminal.type('/line 5\r'))[0]).toBe('line 5');
    expect(page(terminal.type('n'))[0]).toBe('line 50');
    expect(page(terminal.type('N'))[0]).toBe('line 5');
    expect(page(terminal.type('/nowhere\r')).at(-1)).toBe('Pattern not found');
    expect(page(terminal.type('/x\x1b')).at(-1)).toBe(':');
  });

  test('reads a pipe, and one without end only as far as it is shown', () => {
    expect(opened('seq 1000 | less').first[0]).toBe('1');
    const { terminal, first } = opened('yes | less');
    expect(first[0]).toBe('y');
    expect(terminal.type('q')).toContain('root@mta1:~# ');
  });

  test('counts rows of long lines, numbers them, cuts them', () => {
    const long = `${'x'.repeat(200)}\nend\n`;
    expect(opened('less /tmp/n', long).first.filter((row) => row === '~')).toHaveLength(19);
    expect(opened('less -S /tmp/n', long).first[0]).toBe('x'.repeat(80));
    expect(opened('less -N /tmp/n').first[0]).toBe('      1 line 1');
  });

  test('in a pipe prints the text, and says what is not there', () => {
    const { terminal } = { terminal: terminalWith({ '/tmp/n': numbers }) };
    expect(terminal.run('less /tmp/n | wc -l')).toBe('100\n');
    expect(terminal.run('less /tmp/none')).toBe('less: /tmp/none: No such file or directory\n');
    expect(terminal.run('less')).toContain('Missing filename');
    expect(terminal.run('less -F /etc/hostname 2>&1 | cat; less -F /tmp/s')).toContain('No such file');
  });

  test('ends with Ctrl-C, and the shell reads lines again', () => {
    const { terminal } = opened();
    expect(terminal.signal('INT')).toContain('\x1b[?1049l');
    expect(terminal.run('echo back')).toBe('back\n');
  });
});

test('watch takes the window and gives it back', () => {
  const terminal = terminalWith();
  expect(terminal.type('watch -n 5 date\n')).toContain('\x1b[?1049h');
  expect(terminal.wait(6 * SECOND)).toContain('Every 5.0s: date');
  expect(terminal.signal('INT')).toContain('\x1b[?1049l');
});

test('read -s shows nothing of what is typed', () => {
  const terminal = terminalWith();
  terminal.type('read -s -p "Password: " word\n');
  expect(mode(terminal)).toBe('hidden');
  expect(terminal.type('secret\n')).not.toContain('secret');
  expect(mode(terminal)).toBe('line');
  expect(terminal.run('echo $word')).toBe('secret\n');
});

test('the size of the window is known to programs, also when it changes', () => {
  const terminal = terminalWith();
  terminal.world.input(terminal.world.now + 1, {
    kind: 'tty.resize',
    host: 'mta1.test',
    tty: 1,
    columns: 40,
    rows: 10,
  });
  terminal.wait(SECOND);
  expect(terminal.run('echo $COLUMNS $LINES')).toBe('40 10\n');
});

describe('the editor', () => {
  test('opens a file with what is in it, or a new one', () => {
    const terminal = terminalWith({ '/etc/postfix/main.cf': 'x = 1\n' });
    terminal.run('cd /etc/postfix; nano main.cf');
    expect(terminal.world.seen('tty.editor-opened').at(-1)).toMatchObject({
      path: '/etc/postfix/main.cf',
      text: 'x = 1\n',
    });
    terminal.run('vi +12 new.cf');
    expect(terminal.world.seen('tty.editor-opened').at(-1)).toMatchObject({
      path: '/etc/postfix/new.cf',
      text: '',
    });
  });

  test('says what it cannot open', () => {
    const terminal = terminalWith({ '/tmp/big': 'x'.repeat(300_000), '/tmp/b': 'a\0b' });
    expect(terminal.run('edit')).toContain('which file?');
    expect(terminal.run('edit /tmp')).toContain('is a directory');
    expect(terminal.run('edit /tmp/big')).toContain('too many for the editor');
    expect(terminal.run('edit /tmp/b')).toContain('is a binary file');
    expect(terminal.run('edit /tmp/new | cat')).toContain('needs a terminal');
  });
});
