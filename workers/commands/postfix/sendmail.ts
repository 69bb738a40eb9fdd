/**
 * sendmail — the command that programs hand mail to, and its other names: mailq, newaliases
 *
 * The message goes through postdrop(1) into maildrop, and pickup(8) is told; it is taken whether Postfix runs
 * now or starts later.
 *
 * SIMPLIFIED: everybody is root, user id 0. -bv takes no mail: the report says what the next hop would be
 * asked only in the real program, whose delivery agents can go to RCPT and no further. -bs (SMTP on standard
 * input) and VERP (-XV) are not there.
 *
 * SEE ALSO  sendmail(1), postdrop(1), ../../daemons/postfix/pickup/pickup.ts
 */
import * as ascii from '../../bytes/ascii.ts';

import type { Proc } from '../../os/os.ts';
import { encodeQueueFile } from '../../daemons/postfix/cleanup/queue-file.ts';
import { formatQueueId } from '../../daemons/postfix/cleanup/queue-id.ts';
import type { Parameters } from '../../daemons/postfix/parameters.ts';
import { servicePaths, type MasterRequest } from '../../daemons/postfix/services.ts';

import { exTempFail, Program, type Command, type CommandIo, type Stdin } from './command.ts';
import { postalias } from './postmap.ts';
import { postfix } from './postfix.ts';
import { postqueue } from './postqueue.ts';
import { addressesOf, extractRecipients } from './recipients.ts';
import { readOptions, type SendmailOptions } from './sendmail-options.ts';

/** sendmail(1) */
export const sendmail: Command = (os, args, stdin, io) =>
  run(new Program(os, io, named('sendmail')), args, stdin, io);
/** mailq(1) */
export const mailq: Command = (os, args, stdin, io) =>
  run(new Program(os, io, named('mailq')), args, stdin, io);
/** newaliases(1) */
export const newaliases: Command = (os, args, stdin, io) =>
  run(new Program(os, io, named('newaliases')), args, stdin, io);

function named(name: string): { name: string; logs: boolean } {
  return { name, logs: true };
}

function* run(program: Program, args: readonly string[], stdin: Stdin, io: CommandIo): Proc<number> {
  const { os } = program;
  const options = readOptions(program, args);
  if (typeof options === 'number') return options;
  const parameters = program.readParameters(options.configDirectory);
  if (typeof parameters === 'number') return exTempFail;
  const config = options.configDirectory === undefined ? [] : ['-c', options.configDirectory];
  if (options.mode !== 'enqueue' && options.mode !== 'ignore' && options.operands.length > 0)
    return program.fatal(`${modeNames[options.mode]} mode requires no recipient`, exTempFail);
  if (options.queueTime && options.mode !== 'daemon') return 0;
  switch (options.mode) {
    case 'mailq':
      return yield* postqueue(os, [...config, '-p'], stdin, io);
    case 'flush':
      return yield* postqueue(os, [...config, '-f'], stdin, io);
    case 'daemon':
      return yield* postfix(os, [...config, 'start'], stdin, io);
    case 'newaliases': {
      const maps = options.aliasMap === '' ? parameters.list('alias_database') : [options.aliasMap];
      return maps.length === 0 ? 0 : yield* postalias(os, [...config, '--', ...maps], stdin, io);
    }
    case 'ignore':
      return 0;
    case 'enqueue': {
      const { flushSite, flushQueueId } = options;
      if (flushSite === '' && flushQueueId === '') return yield* enqueue(program, parameters, options, stdin);
      if (options.operands.length > 0) {
        const what = flushSite === '' ? 'queue_id' : 'site';
        return program.fatal(`flush ${what} requires no recipient`, exTempFail);
      }
      const flag = flushSite === '' ? ['-i', flushQueueId] : ['-s', flushSite];
      return yield* postqueue(os, [...config, ...flag], stdin, io);
    }
  }
}

const modeNames = Object.freeze({
  mailq: 'display queue',
  flush: 'flush queue',
  daemon: 'daemon',
  newaliases: 'alias initialization',
});

function* enqueue(
  program: Program,
  parameters: Parameters,
  options: SendmailOptions,
  stdin: Stdin,
): Proc<number> {
  const senders = options.sender === null ? [userName] : addressesOf(options.sender);
  const sender = senders[0] ?? '';
  if (senders.length > 1) program.warn(`-f option specified malformed sender: ${options.sender!}`);
  const who = `${sender}(0)`;
  const given = options.operands.flatMap((text) => {
    const found = addressesOf(text);
    return found.length === 0 ? [''] : found;
  });
  if (options.verify) {
    if (given.length === 0) return program.fatal(`${who}: ${noRecipients}`, exTempFail);
    program.print(`Mail Delivery Status Report will be mailed to <${sender}>.\n`);
    return 0;
  }
  const lines = contentLines(yield* stdin(), options.dotEnds);
  const extracted = options.extract ? extractRecipients(lines) : { recipients: [], lines };
  const recipients = [...given, ...extracted.recipients];
  if (recipients.length === 0) {
    const why = options.extract ? 'No recipient addresses found in message header' : noRecipients;
    return program.fatal(`${who}: ${why}`, exTempFail);
  }
  const content = ascii.encode(extracted.lines.map((line) => `${line}\r\n`).join(''));
  const limit = parameters.number('message_size_limit');
  if (limit > 0 && content.length > limit) return program.fatal(`${who}: message file too big`, exTempFail);
  yield* postdrop(program, parameters, { sender, recipients, content, options });
  return 0;
}

const userName = 'root';
const noRecipients = 'Recipient addresses must be specified on the command line or via the -t option';

// Lines of the message, without mailbox "From " lines in front; a line with a dot alone ends it, unless -i.
function contentLines(stdin: Uint8Array, dotEnds: boolean): string[] {
  const lines = ascii.decode(stdin).split('\n');
  if (lines.at(-1) === '') lines.pop();
  const strip = lines[0]?.endsWith('\r') === true; // sendmail_fix_line_endings = always is the default
  const clean = strip ? lines.map((line) => line.replace(/\r+$/, '')) : lines;
  const start = clean.findIndex((line) => !/^>*From /.test(line));
  const message = start === -1 ? [] : clean.slice(start);
  const dot = dotEnds ? message.indexOf('.') : -1;
  return dot === -1 ? message : message.slice(0, dot);
}

/** postdrop(1): writes the file and wakes pickup(8). */
function* postdrop(
  { os }: Program,
  parameters: Parameters,
  mail: { sender: string; recipients: readonly string[]; content: Uint8Array; options: SendmailOptions },
): Proc<void> {
  const spool = parameters.text('queue_directory');
  const unfinished = `${spool}/maildrop/.unfinished/${os.pid}`;
  const isLong = parameters.bool('enable_long_queue_ids');
  const queueId = formatQueueId(os.epochUs(), os.files.inode(unfinished), isLong);
  const { sender, recipients, content, options } = mail;
  const client = {
    name: '',
    address: '',
    port: '',
    protocol: '',
    helo: '',
    ident: '',
    source: 'LOCAL',
  } as const;
  const file = encodeQueueFile(
    {
      sender,
      arrived: os.now(),
      created: os.now(),
      size: content.length,
      filter: '',
      encoding: options.encoding,
      envelopeId: options.envelopeId,
      returnContent: options.returnContent,
      smtpUtf8: false,
      client,
      server: '',
      submitter: '0',
      fullName: options.fullName ?? userName,
      recipients: recipients.map((address) => ({
        address,
        originalAddress: address,
        dsnOriginalRecipient: '',
        notify: options.notify,
      })),
    },
    [content],
  );
  os.files.write(unfinished, file);
  yield* os.files.fsync(unfinished);
  os.files.rename(unfinished, `${spool}/maildrop/${queueId}`);
  os.trace({ kind: 'queue.file-moved', queueId, from: '', to: 'maildrop' });
  os.bound<MasterRequest>(`${spool}/${servicePaths.pickup}`)?.put({ kind: 'pickup' });
}
