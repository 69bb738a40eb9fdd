/**
 * sights — what lessons look for again and again, and the acts that bring it about
 *
 * SEE ALSO  check.ts (how checks are put together)
 */
import * as ascii from '../../workers/bytes/ascii.ts';

import { any, saw, type Check } from './check.ts';
import type { Act, InputCommand, Step } from './define-lesson.ts';

/** A letter came to lie in the mailbox of `user` (what stands before the @). */
export function delivered(user: string, subject?: RegExp): Check {
  return saw(
    'mailbox.message-appended',
    (e) => e.mailbox.split('@')[0] === user && (subject === undefined || subject.test(e.subject)),
  );
}

/** A command line that matches ended on the host, typed at a terminal or given otherwise; by default without an error. */
export function ran(host: string, command: RegExp, status: number | null = 0): Check {
  const fits = (e: { host: string; command: string; status: number }) =>
    e.host === host && command.test(e.command) && (status === null || e.status === status);
  return any(saw('tty.command-ended', fits), saw('command.ended', fits));
}

/** The host wrote a line to its log. */
export function logged(host: string, text: RegExp, times = 1): Check {
  return saw('log.line-written', (e) => e.host === host && text.test(`${e.ident}: ${e.text}`), times);
}

/** Bytes went out from the host, to port `port` or from it, whose text matches: a line of a dialogue in the clear. */
export function sent(host: string, port: number, text: RegExp): Check {
  return saw(
    'tcp.segment-sent',
    (e) =>
      e.host === host && (e.toPort === port || e.fromPort === port) && text.test(ascii.decode(e.payload)),
  );
}

/** A message moved into a queue of the host. */
export function queued(
  host: string,
  queue: 'incoming' | 'active' | 'deferred' | 'hold' | 'corrupt',
  times = 1,
): Check {
  return saw('queue.file-moved', (e) => e.host === host && e.to === queue, times);
}

/** A file of the host was saved, and its text matches. */
export function saved(host: string, path: string, text: RegExp): Check {
  return saw('file.written', (e) => e.host === host && e.path === path && text.test(e.text));
}

const guideTty = 16; // the last that there is: a learner's own terminals come first

/** Types lines at a terminal of the host, a second apart; for "do it for me". */
export function typed(host: string, ...lines: string[]): Act[] {
  return [
    { kind: 'tty.open', host, tty: guideTty, columns: 100 },
    { waitS: 1 },
    ...lines.flatMap((line): Act[] => [
      { kind: 'tty.input', host, tty: guideTty, text: `${line}\n` },
      { waitS: 1 },
    ]),
  ];
}

/** The same as steps of a run. */
export function types(host: string, ...lines: string[]): Step[] {
  return stepsOf(typed(host, ...lines));
}

/** Acts as steps of a run. */
export function stepsOf(acts: readonly Act[]): Step[] {
  return acts.map((act): Step => ('waitS' in act ? act : { do: act }));
}

/** A letter written at a user agent. */
export function letter(
  from: { host: string; address: string },
  to: string,
  subject = 'Hello',
  text = 'Hello!\n',
): InputCommand {
  return { kind: 'mua.send', host: from.host, user: from.address, to, subject, text };
}

/** A command line was begun on the host: telnet, say, which ends only when the dialogue does. */
export function begun(host: string, command: RegExp): Check {
  return saw('tty.command-started', (e) => e.host === host && command.test(e.command));
}
