/**
 * postcat — shows queue files: envelope records (-e), header (-h), body (-b), found by queue id (-q)
 *
 * SIMPLIFIED: what is shown are the records that the real program's file has, offsets (-o) and sizes
 * included, whatever the file's own format here; -r shows nothing more. Path names have the subdirectories of
 * $hash_queue_names, which the files of a host have not.
 *
 * SEE ALSO  postcat(1), ../../daemons/postfix/cleanup/queue-file.ts
 */
import * as ascii from '../../bytes/ascii.ts';
import * as utf8 from '../../bytes/utf8.ts';

import { SECOND } from '../../os/os.ts';
import { hashKey } from '../../daemons/postfix/cleanup/queue-id-parts.ts';
import { queueRecords } from '../../daemons/postfix/cleanup/queue-records.ts';
import { isQueueId } from '../../daemons/postfix/flush/flush.ts';
import type { Parameters } from '../../daemons/postfix/parameters.ts';

import { Program, type Command } from './command.ts';
import { getopt } from './getopt.ts';
import { asctime } from './local-time.ts';
import { realRecords, recordLength, type RealRecord } from './real-records.ts';

const queueNames = Object.freeze(['maildrop', 'incoming', 'active', 'deferred', 'hold', 'saved'] as const);

interface Flags {
  envelope: boolean;
  header: boolean;
  body: boolean;
  offsets: boolean;
  decimal: boolean;
  verbose: boolean;
}

/** postcat(1) */
export const postcat: Command = function* (os, args, stdin, io) {
  const program = new Program(os, io, { name: 'postcat', logs: false });
  const { options, operands, wrong } = getopt(program, args, 'bc:dehoqrs:v');
  if (wrong) return program.fatal(usage);
  const has = (letter: string): boolean => options.some((option) => option.letter === letter);
  const badOffset = options.find(({ letter, value }) => letter === 's' && !/^\d+$/.test(value));
  if (badOffset !== undefined) return program.fatal(`bad offset: ${badOffset.value}`);
  const all = !has('b') && !has('e') && !has('h');
  const flags: Flags = {
    envelope: all || has('e'),
    header: all || has('h'),
    body: all || has('b'),
    offsets: has('o'),
    decimal: has('d'),
    verbose: has('v'),
  };
  const parameters = program.readParameters(options.find(({ letter }) => letter === 'c')?.value);
  if (typeof parameters === 'number') return parameters;
  if (flags.verbose) sayInterfaces(program, parameters);
  const startOf = (): number => Number(options.findLast(({ letter }) => letter === 's')?.value ?? 0);
  if (operands.length === 0) show(program, { name: 'stdin', bytes: yield* stdin() }, flags, startOf());
  for (const operand of operands) {
    if (has('q') && !isQueueId(operand)) return program.fatal(`bad mail queue ID: ${operand}`);
    const file = has('q') ? findQueued(program, parameters, operand) : readFile(program, operand);
    if (file === null)
      return program.fatal(`open${has('q') ? ' queue file' : ''} ${operand}: No such file or directory`);
    show(program, file, flags, startOf());
  }
  return 0;
};

const usage =
  'usage: postcat [-b (body text)] [-c config_dir] [-d (decimal record type)] [-e (envelope records)] ' +
  '[-h (header text)] [-q (access queue)] [-v] [file(s)...]';

interface NamedFile {
  name: string;
  bytes: Uint8Array;
}

function readFile({ os }: Program, path: string): NamedFile | null {
  const bytes = os.files.read(path);
  return bytes === null ? null : { name: path, bytes };
}

function findQueued({ os }: Program, parameters: Parameters, queueId: string): NamedFile | null {
  for (const queue of queueNames) {
    const bytes = os.files.read(`${parameters.text('queue_directory')}/${queue}/${queueId}`);
    if (bytes !== null) return { name: hashedPath(parameters, queue, queueId), bytes };
  }
  return null;
}

/** "deferred/6/621982629BF": a subdirectory for each of the first digits of the id (hash_queue_depth). */
export function hashedPath(parameters: Parameters, queue: string, queueId: string): string {
  const depth = parameters.list('hash_queue_names').includes(queue)
    ? parameters.number('hash_queue_depth')
    : 0;
  const parts = [...hashKey(queueId).slice(0, depth)].map((letter) => `${letter}/`);
  return `${queue}/${parts.join('')}${queueId}`;
}

// What the library says with -v when it reads main.cf.
function sayInterfaces(program: Program, parameters: Parameters): void {
  for (const protocol of parameters.list('inet_protocols')) program.info(`name_mask: ${protocol}`);
  const addresses = new Set(['127.0.0.1', ...program.os.addresses]);
  program.info(`inet_addr_local: configured ${addresses.size} IPv4 addresses`);
}

type State = 'envelope' | 'header' | 'body';

function show(program: Program, file: NamedFile, flags: Flags, start: number): void {
  if (file.bytes.length === 0) return;
  const raw = queueRecords(file.bytes);
  const records = raw === null ? null : realRecords(program.os, raw);
  if (records === null) {
    program.warn(`${file.name}: input is not a valid queue file`);
    return;
  }
  const printed = { envelope: flags.envelope, header: flags.header, body: flags.body };
  let state: State = 'envelope';
  let offset = 0;
  const column = (type: string, at: number): string =>
    (flags.offsets ? `${String(at).padStart(9)} ` : '') +
    (flags.decimal ? `${String(type.charCodeAt(0)).padStart(3)} ` : '');
  const marker = (type: string, at: number, text: string): void => {
    if (flags.envelope) program.print(`${column(type, at)}*** ${text} ${file.name} ***\n`);
  };
  if (flags.envelope && start === 0) program.print(`*** ENVELOPE RECORDS ${file.name} ***\n`);
  for (const record of records) {
    const at = offset;
    offset += recordLength(record);
    if (at < start) continue;
    const { type } = record;
    if (type === 'M') {
      marker(type, at, 'MESSAGE CONTENTS');
      state = 'header';
      continue;
    }
    if (type === 'X') {
      marker(type, at, 'HEADER EXTRACTED');
      state = 'envelope';
      continue;
    }
    if (type === 'E') {
      marker(type, at, 'MESSAGE FILE END');
      return;
    }
    if (type === 'N' && state === 'header' && !/^([!-9;-~]+[ \t]*:|[ \t])/.test(ascii.decode(record.data)))
      state = 'body';
    if (!printed[state]) continue;
    program.print(column(type, at));
    if (type === 'N') {
      if (flags.verbose) program.print('regular_text: ');
      program.printBytes(record.data);
      program.print('\n');
    } else program.print(`${textOf(record)}\n`);
  }
}

function textOf({ type, data }: RealRecord): string {
  const text = utf8.decode(data);
  if (type === 'T' || type === 'W')
    return `${recordNames[type]!}: ${asctime(Number.parseInt(text, 10) * SECOND)}`;
  const created = type === 'A' ? /^create_time=(\d+)$/.exec(text) : null;
  if (created !== null) return `create_time: ${asctime(Number(created[1]) * SECOND)}`;
  return `${recordNames[type] ?? 'unknown_record_type'}: ${text}`;
}

const recordNames: Readonly<Record<string, string>> = Object.freeze({
  C: 'message_size',
  T: 'message_arrival_time',
  L: 'content_filter',
  S: 'sender',
  D: 'done_recipient',
  R: 'recipient',
  O: 'original_recipient',
  W: 'warning_message_time',
  A: 'named_attribute',
});
