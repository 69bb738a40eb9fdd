/**
 * postfix-programs — Postfix's commands as programs of the shell: their output streams, their input is read
 * when it is asked for
 */
import * as ascii from '../bytes/ascii.ts';
import * as utf8 from '../bytes/utf8.ts';

import type { Proc } from '../os/os.ts';

import type { Command } from './postfix/command.ts';
import { postfixCommands } from './postfix/postfix-commands.ts';
import type { Installed, Process } from './shell/process.ts';

const summaries: Readonly<Record<string, string>> = Object.freeze({
  mailq: 'print the mail queue (postqueue -p)',
  newaliases: 'make the alias databases anew',
  postalias: 'make or query an alias database',
  postcat: 'show what is in a queue file: postcat -q QUEUEID',
  postconf: 'show and change the configuration: postconf [-n] [-e name=value] [NAME]…',
  postfix: 'start, stop, reload, check the mail system',
  postlog: 'write a line to the mail log',
  postmap: 'make or query a lookup table: postmap FILE, postmap -q KEY TABLE',
  postqueue: 'list the queue (-p, -j), flush it (-f), one message (-i), one site (-s)',
  postsuper: 'delete (-d), hold (-h), release (-H), requeue (-r) messages by queue id or ALL',
  qshape: 'count queued messages by domain and age',
  sendmail: 'hand a message to the mail system: sendmail [-t] [-f SENDER] RECIPIENT…',
});

/** By name. */
export function postfixPrograms(): [string, Installed][] {
  return [...postfixCommands].map(([name, command]) => {
    const summary = summaries[name] ?? '';
    return [
      name,
      {
        summary,
        manual: `NAME\n       ${name} - ${summary}\n\n       As ${name}(1) of Postfix.\n`,
        path: name === 'mailq' || name === 'newaliases' ? `/usr/bin/${name}` : `/usr/sbin/${name}`,
        run: (me) => runCommand(me, command),
      },
    ];
  });
}

/** What the command prints is written out whenever it waits, so that a full pipe holds it up. */
function* runCommand(me: Process, command: Command): Proc<number> {
  const written: { descriptor: number; text: string }[] = [];
  const sink = (descriptor: number): { write(bytes: Uint8Array): void } => ({
    write: (bytes) => void written.push({ descriptor, text: ascii.decode(bytes) }),
  });
  const stdin = function* (): Proc<Uint8Array> {
    return ascii.encode(yield* me.readAll(me.input));
  };
  // Arguments are bytes here; Postfix's commands have them as text.
  const running = command(
    me.os,
    me.args.map((arg) => utf8.decode(ascii.encode(arg))),
    stdin,
    { stdout: sink(1), stderr: sink(2) },
  );
  try {
    let step = running.next();
    for (; step.done !== true; step = running.next(yield step.value))
      for (const { descriptor, text } of written.splice(0)) yield* me.write(descriptor, text);
    for (const { descriptor, text } of written.splice(0)) yield* me.write(descriptor, text);
    return step.value;
  } finally {
    running.return(0);
  }
}
