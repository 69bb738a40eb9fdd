// A terminal: what is typed runs on the host, in virtual time, and leaves as facts of the trace.
import { describe, expect, test } from 'vitest';

import * as utf8 from '../../../workers/bytes/utf8.ts';
import { parseCommand } from '../../../workers/hosts/parse-command.ts';
import { SECOND } from '../../../workers/os/os.ts';

import { terminalWith } from './typed.ts';

const log = { '/var/log/mail.log': 'a: status=sent\nb: removed\nc: status=deferred\n' };

describe('a terminal', () => {
  test('shows a prompt, what is typed, and what it prints', () => {
    const terminal = terminalWith(log);
    expect(terminal.type('grep status= /var/log/mail.log | head -n 1\n')).toBe(
      'grep status= /var/log/mail.log | head -n 1\na: status=sent\nroot@mta1:~# ',
    );
    expect(terminal.world.seen('tty.command-ended').at(-1)).toMatchObject({ tty: 1, status: 0 });
  });

  test('asks for more lines until a command is complete', () => {
    const terminal = terminalWith();
    expect(terminal.type('for i in 1 2\n')).toBe('for i in 1 2\n> ');
    expect(terminal.type('do echo $i; done\n')).toBe('do echo $i; done\n1\n2\nroot@mta1:~# ');
  });

  test('says a syntax error as bash does', () => {
    expect(terminalWith().type('echo )\n')).toContain("-bash: syntax error near unexpected token `)'\n");
  });

  test('suggests the nearest command, and says which options are not there yet', () => {
    const terminal = terminalWith();
    expect(terminal.run('grpe x')).toBe('-bash: grpe: command not found\ndid you mean "grep"?\n');
    expect(terminal.run('sort -R')).toBe("sort: the real tool has -R; this simulator doesn't yet\n");
    expect(terminal.run('uniq --nonsense')).toContain("unrecognized option '--nonsense'");
  });

  test('follows a log as time brings lines, until Ctrl-C', () => {
    const terminal = terminalWith(log);
    terminal.world.spawn('mta1.test', function* (os) {
      for (const word of ['one status=sent', 'two removed', 'three status=bounced']) {
        yield* os.sleepUntil(os.now() + 10 * SECOND);
        os.log('postfix/smtp', word);
      }
    });
    expect(terminal.type('tail -n 0 -f /var/log/mail.log | grep status=\n')).not.toContain('status=sent');
    expect(terminal.wait(10 * SECOND)).toMatch(
      /^Mar {2}3 09:00:10 mta1 postfix\/smtp\[\d+\]: one status=sent\n$/,
    );
    expect(terminal.wait(10 * SECOND)).toBe('');
    expect(terminal.wait(10 * SECOND)).toContain('three status=bounced');
    expect(terminal.signal('INT')).toBe('^C\nroot@mta1:~# ');
    expect(terminal.status).toBe(130);
    expect(
      terminal.world
        .machine('mta1.test')
        .os()
        .processes()
        .map(({ name }) => name),
    ).toEqual(['bash', 'tty']);
  });

  test('tail -F goes on with the new file when the log is rotated', () => {
    const terminal = terminalWith(log);
    terminal.type('tail -n0 -F /var/log/mail.log\n');
    const { disk } = terminal.world.machine('mta1.test');
    terminal.world.spawn('mta1.test', function* (os) {
      disk.rename('/var/log/mail.log', '/var/log/mail.log.1');
      yield* os.sleepUntil(os.now() + SECOND);
      os.files.append('/var/log/mail.log', utf8.encode('new\n'));
    });
    expect(terminal.wait(2 * SECOND)).toContain('has appeared;  following new file\nnew\n');
  });

  test('ends yes when head has enough, and anything with Ctrl-C', () => {
    const terminal = terminalWith();
    expect(terminal.run('yes | head -n 2; echo $?')).toBe('y\ny\n0\n');
    terminal.type('while true; do :; done\n');
    expect(terminal.signal('INT')).toContain('^C\n');
    terminal.type('yes > /dev/null\n');
    expect(terminal.signal('INT')).toContain('^C\n');
    expect(terminal.run('echo $?')).toBe('130\n');
  });

  test('hands typed lines to the program that reads, and Ctrl-D ends them', () => {
    const terminal = terminalWith();
    terminal.type('cat > /tmp/note\n');
    terminal.type('first\nsecond\n');
    expect(terminal.signal('EOF')).toContain('root@mta1:~# ');
    expect(terminal.run('cat /tmp/note')).toBe('first\nsecond\n');
    terminal.type('read -p "Name: " name\n');
    terminal.type('Ada\n');
    expect(terminal.run('echo "Hello $name"')).toBe('Hello Ada\n');
  });

  test('keeps variables, functions and the directory from one line to the next', () => {
    const terminal = terminalWith({ '/etc/postfix/main.cf': 'x = 1\n' });
    terminal.run('n=3; greet() { echo "hi $1"; }; cd /etc/postfix');
    expect(terminal.run('greet $n; pwd; ls')).toBe('hi 3\n/etc/postfix\nmain.cf\n');
    expect(terminal.run('!!')).toContain('hi 3\n');
  });

  test('closes with exit, and with its input', () => {
    const terminal = terminalWith();
    terminal.type('exit\n');
    expect(terminal.world.seen('tty.closed')).toHaveLength(1);
    terminal.world.input(terminal.world.now + 1, {
      kind: 'tty.open',
      host: 'mta1.test',
      tty: 1,
      columns: 80,
    });
    terminal.wait(1000);
    terminal.type('tail -f /var/log/x\n');
    terminal.world.input(terminal.world.now + 1, { kind: 'tty.close', host: 'mta1.test', tty: 1 });
    terminal.wait(1000);
    expect(terminal.world.seen('tty.closed')).toHaveLength(2);
    expect(terminal.world.machine('mta1.test').os().processes()).toEqual([]);
  });

  test('takes 100,000 lines of output in few facts', () => {
    const terminal = terminalWith();
    expect(terminal.run('seq 100000').split('\n')).toHaveLength(100_001);
    expect(terminal.world.seen('tty.output-written').length).toBeLessThan(100);
  });

  test('runs jobs in the background, and ends them with kill', () => {
    const terminal = terminalWith();
    expect(terminal.type('sleep 100 &\n')).toMatch(/\[1\] \d+\n/);
    expect(terminal.run('jobs')).toContain('Running                 sleep 100 &');
    expect(terminal.type('kill %1\n', SECOND) + terminal.type('\n')).toContain('[1]+  Done');
  });

  test('a fork bomb, an endless recursion and doubling variables are bounded', () => {
    const terminal = terminalWith();
    expect(terminal.run('f() { f; }; f')).toContain('maximum function nesting level exceeded');
    expect(terminal.run('x=aaaaaaaa; while :; do x=$x$x; done; echo never')).toContain(
      'cannot allocate memory',
    );
    terminal.type(':(){ :|:& };:\n', SECOND / 10);
    expect(terminal.wait(3 * SECOND)).toContain('fork: retry: Resource temporarily unavailable');
    const pids = terminal.world.machine('mta1.test').os().processes();
    expect(pids.length).toBeLessThan(250);
  });

  test('a pattern that makes others backtrack without end takes no time', () => {
    const line = 'a'.repeat(5000);
    const terminal = terminalWith({ '/tmp/a': `${line}b\n` });
    expect(terminal.run("grep -cE '(a+)+$' /tmp/a; grep -cE '(a|a)*(a|a)*c' /tmp/a")).toBe('0\n0\n');
  });

  test('what is typed to a terminal that is not open is ignored', () => {
    const terminal = terminalWith();
    terminal.world.input(terminal.world.now + 1, {
      kind: 'tty.input',
      host: 'mta1.test',
      tty: 9,
      text: 'x\n',
    });
    expect(terminal.wait(SECOND)).toBe('');
  });
});

describe('the inputs of terminals are checked', () => {
  const host = 'mta1.test';

  test('fields in the order of input.ts, and nothing else', () => {
    expect(
      JSON.stringify(parseCommand({ text: 'ls\n', tty: 2, more: 1, host, kind: 'tty.input' }, 'input')),
    ).toBe('{"kind":"tty.input","host":"mta1.test","tty":2,"text":"ls\\n"}');
  });

  test.each([
    [{ kind: 'tty.open', host, tty: 0, columns: 80 }, 'input.tty'],
    [{ kind: 'tty.open', host, tty: 1, columns: 5 }, 'input.columns'],
    [{ kind: 'tty.signal', host, tty: 1, signal: 'HUP' }, 'input.signal'],
    [{ kind: 'tty.input', host, tty: 1, text: 'x'.repeat(65_537) }, 'input.text'],
    [{ kind: 'tty.shout', host, tty: 1 }, 'input.kind'],
  ])('%j is refused', (command, where) => {
    expect(() => parseCommand(command, 'input')).toThrow(where);
  });
});
