// telnet and nc: a dialogue by hand, over the network of the world.
import { describe, expect, test } from 'vitest';

import { SECOND } from '../../../workers/os/os.ts';

import { islandTerminal } from './island-terminal.ts';

const opened = "Trying 203.0.113.25...\nConnected to mx.\nEscape character is '^]'.\n";
const greeting = '220 mx.far.example ESMTP Postfix (Debian/GNU)\n';

describe('telnet', () => {
  test('shows what the server says as it comes, and sends lines as they are typed', () => {
    const terminal = islandTerminal();
    expect(terminal.type('telnet mx 25\n')).toBe(`telnet mx 25\n${opened}${greeting}`);
    expect(terminal.type('EHLO me\n')).toMatch(
      /^EHLO me\n250-mx.far.example\n250-PIPELINING\n[^]*250 CHUNKING\n$/,
    );
    terminal.type('MAIL FROM:<alice@far.example>\n');
    expect(terminal.type('RCPT TO:<alice@far.example>\n')).toContain('250 2.1.5 Ok\n');
    expect(terminal.type('DATA\n')).toContain('354 End data with <CR><LF>.<CR><LF>\n');
    expect(terminal.type('Subject: by hand\n\nhello\n.\n', 20 * SECOND)).toMatch(
      /\n250 2\.0\.0 Ok: queued as \w+\n$/,
    );
    expect(terminal.type('QUIT\n')).toBe(
      'QUIT\n221 2.0.0 Bye\nConnection closed by foreign host.\nroot@ws-alice:~# ',
    );
    expect(terminal.world.seen('mailbox.message-appended').map(({ subject }) => subject)).toEqual([
      'by hand',
    ]);
  });

  test('ends with Ctrl-C, and nothing of it is left', () => {
    const terminal = islandTerminal();
    const before = terminal.world.machine(terminal.host).os().processes().length;
    terminal.type('telnet mx 25\n');
    expect(terminal.signal('INT')).toBe('^C\nroot@ws-alice:~# ');
    expect(terminal.world.machine(terminal.host).os().processes()).toHaveLength(before);
    expect(terminal.run('echo next')).toBe('next\n');
    expect(terminal.world.logLines('mx.far.example').join('\n')).toContain(
      'disconnect from ws-alice.far.example',
    );
  });

  test('Ctrl-] leads to a prompt with quit', () => {
    const terminal = islandTerminal();
    terminal.type('telnet mx 25\n');
    expect(terminal.type('\x1d\n')).toContain('telnet> ');
    expect(terminal.type('quit\n')).toContain('Connection closed.\n');
  });

  test.each([
    [
      'telnet mx 26',
      'Trying 203.0.113.25...\ntelnet: Unable to connect to remote host: Connection refused\n',
    ],
    [
      'telnet nosuch.far.example 25',
      'Server lookup failure:  nosuch.far.example:25, Name or service not known\n',
    ],
    ['telnet mx smtp < /dev/null', `${opened}Connection closed by foreign host.\n`],
    ['telnet -l mx', "telnet: the real tool has -l; this simulator doesn't yet\n"],
  ])('%s', (command, shown) => {
    expect(islandTerminal().run(command)).toBe(shown);
  });

  test('in a pipe it shows the replies for which the writer waits', () => {
    const shown = islandTerminal().run('(sleep 1; echo QUIT; sleep 1) | telnet mx smtp');
    expect(shown).toBe(`${opened}${greeting}221 2.0.0 Bye\nConnection closed by foreign host.\n`);
  });
});

describe('nc', () => {
  test('talks to a server from a pipe and from a here-document, until the server closes', () => {
    const terminal = islandTerminal();
    expect(terminal.run("printf 'EHLO me\\nQUIT\\n' | nc mx 25")).toMatch(
      /^220 [^]*\r\n221 2\.0\.0 Bye\r\n$/,
    );
    terminal.type('nc -C mx 25 << END\nNOOP\nQUIT\nEND\n', 5 * SECOND);
    expect(terminal.world.seen('tty.command-ended').at(-1)).toMatchObject({ status: 0 });
  });

  test.each([
    ['nc -zv mx 25', 'Connection to mx (203.0.113.25) 25 port [tcp/smtp] succeeded!\n'],
    ['nc -zv 203.0.113.25 24-26', `nc: connect to 203.0.113.25 port 26 (tcp) failed: Connection refused\n`],
    ['nc -z mx 26; echo $?', '1\n'],
    ['nc -vz nosuch 25', 'nc: getaddrinfo for host "nosuch" port 25: Name or service not known\n'],
    ['nc -zuv resolver 53', 'Connection to resolver (203.0.113.53) 53 port [udp/domain] succeeded!\n'],
    ['nc -zuv resolver 54; echo $?', '1\n'],
    ['nc mx', 'nc: missing port number\n'],
    ['nc mx foo', 'nc: port number invalid: foo\n'],
    ['nc -w 3 mx 25', '220 mx.far.example ESMTP Postfix (Debian/GNU)\r\n'],
  ])('%s', (command, shown) => {
    expect(islandTerminal().run(command)).toContain(shown);
  });

  test('listens, and says who came; Ctrl-C frees the port', () => {
    const terminal = islandTerminal();
    terminal.run('nc -lv 2525 > /tmp/got &');
    expect(terminal.run('echo hello | nc -N localhost 2525; sleep 1; cat /tmp/got')).toContain('hello\n');
    terminal.type('nc -l 2525\n');
    terminal.signal('INT');
    terminal.type('nc -lv 2525\n');
    terminal.signal('INT');
    expect(terminal.type('nc -ulv 2526\n')).toContain('Bound on 0.0.0.0 2526\n');
  });
});
