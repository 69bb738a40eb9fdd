/**
 * postlog — logs a text, or the lines of standard input, as a program of Postfix
 *
 * SEE ALSO  postlog(1)
 */
import * as utf8 from '../../bytes/utf8.ts';

import { Program, type Command } from './command.ts';
import { getopt } from './getopt.ts';

const prefixes: Readonly<Record<string, string>> = Object.freeze({
  info: '',
  warn: 'warning: ',
  warning: 'warning: ',
  error: 'error: ',
  err: 'error: ',
  fatal: 'fatal: ',
  crit: 'fatal: ',
  panic: 'panic: ',
});

/** postlog(1). Says nothing on standard error, which is no terminal here. */
export const postlog: Command = function* (os, args, stdin, io) {
  const program = new Program(os, io, { name: 'postlog', logs: false });
  const { options, operands, wrong } = getopt(program, args, 'c:ip:t:v');
  const value = (letter: string): string | undefined =>
    options.findLast((option) => option.letter === letter)?.value;
  if (wrong) {
    os.log(
      'postfix/postlog',
      'fatal: usage: postlog [-c config_dir] [-i] [-p priority] [-t tag] [-v] [text]',
    );
    return 1;
  }
  const prefix = prefixes[value('p') ?? 'info'];
  if (prefix === undefined) {
    os.log('postfix/postlog', `fatal: invalid severity: "${value('p') ?? ''}"`);
    return 1;
  }
  const tag = (value('t') ?? 'postfix/postlog').replace(/[\x00-\x1f\x7f]/g, '?');
  const lines =
    operands.length > 0
      ? [operands.join(' ')]
      : utf8
          .decode(yield* stdin())
          .replace(/\n$/, '')
          .split('\n');
  for (const line of lines) os.log(tag, `${prefix}${line}`);
  return 0;
};
