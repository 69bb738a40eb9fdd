/**
 * dig-options — the command line of dig: servers, names, types, "+" options; several questions on one line
 *
 * What stands before the first name is for all questions, what follows a name for that one.
 */
import { isName } from '../../../protocols/dns/name.ts';
import { typeName, typeNumber } from '../../../protocols/dns/types.ts';

import { reverseName } from './ask.ts';
import { classNumber } from './record-text.ts';

/** What dig shows and how it asks. */
export interface DigOptions {
  cmd: boolean;
  comments: boolean;
  question: boolean;
  answer: boolean;
  authority: boolean;
  additional: boolean;
  stats: boolean;
  short: boolean;
  identify: boolean;
  qr: boolean;
  recurse: boolean;
  ad: boolean;
  cd: boolean;
  dnssec: boolean;
  edns: boolean;
  cookie: boolean;
  udpBytes: number;
  /** null: as the type asks for */
  tcp: boolean | null;
  ignoreTruncation: boolean;
  trace: boolean;
  ttl: boolean;
  class: boolean;
  ttlUnits: boolean;
  multiline: boolean;
  microseconds: boolean;
  tries: number;
  timeoutSeconds: number;
}

/** One question of the command line. */
export interface Lookup {
  name: string;
  type: string;
  class: number;
  /** as given behind "@" */
  servers: string[];
  options: DigOptions;
}

/** What was typed. */
export interface CommandLine {
  lookups: Lookup[];
  port: number;
  /** how many servers were given before the first name */
  globalServers: number;
  warnings: string[];
  /** -h, -v, or why it cannot be done */
  instead: { kind: 'help' | 'version' | 'usage' | 'missing' | 'bad-name'; text: string } | null;
}

const usualOptions: Readonly<DigOptions> = Object.freeze({
  cmd: true,
  comments: true,
  question: true,
  answer: true,
  authority: true,
  additional: true,
  stats: true,
  short: false,
  identify: false,
  qr: false,
  recurse: true,
  ad: true,
  cd: false,
  dnssec: false,
  edns: true,
  cookie: true,
  udpBytes: 1232,
  tcp: null,
  ignoreTruncation: false,
  trace: false,
  ttl: true,
  class: true,
  ttlUnits: false,
  multiline: false,
  microseconds: false,
  tries: 3,
  timeoutSeconds: 5,
});

type Flag = { [K in keyof DigOptions]: DigOptions[K] extends boolean | null ? K : never }[keyof DigOptions];

/** "+name" and "+noname" that only set a flag. */
const flags: Readonly<Record<string, Flag>> = Object.freeze({
  additional: 'additional',
  adflag: 'ad',
  answer: 'answer',
  authority: 'authority',
  cdflag: 'cd',
  class: 'class',
  cmd: 'cmd',
  comments: 'comments',
  cookie: 'cookie',
  dnssec: 'dnssec',
  do: 'dnssec',
  identify: 'identify',
  ignore: 'ignoreTruncation',
  multiline: 'multiline',
  qr: 'qr',
  question: 'question',
  rdflag: 'recurse',
  recurse: 'recurse',
  stats: 'stats',
  tcp: 'tcp',
  ttlid: 'ttl',
  ttlunits: 'ttlUnits',
  vc: 'tcp',
});
const others = Object.freeze([
  'all',
  'bufsize',
  'edns',
  'retry',
  'short',
  'time',
  'timeout',
  'trace',
  'tries',
]);

/** What the real dig has besides. */
export const digMissing = Object.freeze(
  (
    'aaflag aaonly badcookie besteffort crypto defname dns64prefix domain ednsflags ' +
    'ednsnegotiation ednsopt expandaaaa expire fail header-only https https-get http-plain ' +
    'http-plain-get idnin idnout keepalive keepopen ndots nsid nssearch onesoa opcode padding qid ' +
    'raflag rrcomments search showbadcookie showsearch split subnet tcflag tls tls-ca ' +
    'tls-hostname tls-certfile tls-keyfile unknownformat yaml zflag coflag'
  ).split(' '),
);

/** Reads the arguments. */
export function parseDig(args: readonly string[]): CommandLine {
  return new Reader(args).read();
}

class Reader {
  readonly #args: readonly string[];
  readonly #line: CommandLine;
  readonly #all: Lookup = { name: '', type: 'A', class: 1, servers: [], options: { ...usualOptions } };
  #lookup: Lookup;
  #opensType = true;
  #typeSet = false;
  #at = 0;

  constructor(args: readonly string[]) {
    this.#args = args;
    this.#lookup = this.#all;
    this.#line = { lookups: [], port: 53, globalServers: 0, warnings: [], instead: null };
  }

  read(): CommandLine {
    const line = this.#line;
    for (; this.#at < this.#args.length && line.instead === null; this.#at++)
      this.#argument(this.#args[this.#at]!);
    if (line.instead === null && line.lookups.length === 0) {
      this.#begin('.');
      this.#lookup.type = 'NS';
    }
    return line;
  }

  #argument(arg: string): void {
    if (arg.startsWith('@')) {
      this.#lookup.servers.push(arg.slice(1));
      if (this.#lookup === this.#all) this.#line.globalServers++;
    } else if (arg.startsWith('+')) this.#plus(arg);
    else if (arg.startsWith('-') && arg.length > 1) this.#dash(arg);
    else if (!this.#isTypeOrClass(arg)) this.#begin(arg);
  }

  #isTypeOrClass(arg: string): boolean {
    if (!this.#opensType) return false;
    const type = typeNumber(arg.toUpperCase());
    if (type !== null) {
      this.#setType(typeName(type));
      return true;
    }
    const cls = classNumber(arg);
    if (cls !== null) this.#lookup.class = cls;
    return cls !== null;
  }

  #setType(type: string): void {
    if (this.#typeSet) this.#line.warnings.push(';; Warning, extra type option');
    this.#lookup.type = type;
    this.#typeSet = true;
  }

  #begin(given: string): void {
    const name = given.endsWith('.') ? given.slice(0, -1) : given;
    if (!isName(name)) {
      const why = name.split('.').includes('') ? 'empty label' : 'ran out of space';
      this.#stop('bad-name', `'${given}' is not a legal name (${why})`);
      return;
    }
    const { servers, options } = this.#all;
    const isFirst = this.#line.lookups.length === 0;
    this.#lookup = { ...this.#all, name, servers: [...servers], options: { ...options } };
    if (isFirst) this.#all.type = 'A';
    else this.#typeSet = false;
    this.#line.lookups.push(this.#lookup);
  }

  #dash(arg: string): void {
    const letter = arg[1]!;
    if (letter === '4' || letter === 'r' || letter === 'm') return;
    if (letter === 'h') return this.#stop('help', '');
    if (letter === 'v') return this.#stop('version', '');
    if (letter === 'u') {
      this.#lookup.options.microseconds = true;
      return;
    }
    if ('6bfkyi'.includes(letter)) return this.#stop('missing', `-${letter}`);
    if (!'cpqtx'.includes(letter)) return this.#stop('usage', `Invalid option: ${arg}`);
    const value = arg.length > 2 ? arg.slice(2) : this.#args[++this.#at];
    if (value === undefined) return this.#stop('usage', `Invalid option: ${arg}`);
    this.#valued(letter, value);
  }

  #valued(letter: string, value: string): void {
    if (letter === 'q') this.#begin(value);
    else if (letter === 'p') {
      const port = Number(value);
      if (port >= 1 && port <= 65_535) this.#line.port = port;
      else this.#stop('usage', `Couldn't parse port number '${value}'`);
    } else if (letter === 'c') {
      this.#opensType = false;
      const cls = classNumber(value);
      if (cls === null) this.#line.warnings.push(`;; Warning, ignoring invalid class ${value}`);
      else this.#lookup.class = cls;
    } else if (letter === 't') {
      this.#opensType = false;
      const type = typeNumber(value.toUpperCase());
      if (type === null) this.#line.warnings.push(`;; Warning, ignoring invalid type ${value}`);
      else this.#setType(typeName(type));
    } else {
      this.#begin(reverseName(value));
      this.#lookup.type = 'PTR';
    }
  }

  #plus(arg: string): void {
    const [given = '', value] = arg.slice(1).toLowerCase().split('=');
    const negated = given.startsWith('no');
    const word = negated ? given.slice(2) : given;
    const name = known(word) ?? known(given);
    if (name === null) {
      const missing = [word, given].some((text) => digMissing.includes(text));
      return missing ? this.#stop('missing', `+${word}`) : this.#stop('usage', `Invalid option: ${arg}`);
    }
    const { options } = this.#lookup;
    const flag = flags[name];
    if (flag !== undefined) options[flag] = !negated;
    else if (name === 'all') showAll(options, !negated);
    else if (name === 'short') {
      showShort(options, !negated);
      if (this.#lookup !== this.#all) showShort(this.#all.options, !negated); // for what follows too
    } else if (name === 'trace') setTrace(options, !negated);
    else if (name === 'edns') options.edns = !negated;
    else this.#number(name, value ?? '', arg);
  }

  #number(name: string, value: string, arg: string): void {
    const { options } = this.#lookup;
    const number = /^\d{1,5}$/.test(value) ? Number(value) : null;
    if (number === null) return this.#stop('usage', `Invalid option: ${arg}`);
    if (name === 'bufsize') {
      options.udpBytes = number;
      options.edns = true;
    } else if (name === 'tries') options.tries = Math.min(Math.max(number, 1), 20);
    else if (name === 'retry') options.tries = Math.min(number + 1, 20);
    else options.timeoutSeconds = Math.min(Math.max(number, 1), 300);
  }

  #stop(kind: NonNullable<CommandLine['instead']>['kind'], text: string): void {
    this.#line.instead = { kind, text };
  }
}

/** The option that a word or its beginning stands for. */
function known(word: string): string | null {
  const names = [...Object.keys(flags), ...others];
  if (names.includes(word)) return word;
  if (word.length < 2 || digMissing.includes(word)) return null;
  return names.find((name) => name.startsWith(word)) ?? null;
}

function showAll(options: DigOptions, shown: boolean): void {
  const parts = ['cmd', 'comments', 'question', 'answer', 'authority', 'additional', 'stats'] as const;
  for (const part of parts) options[part] = shown;
}

function showShort(options: DigOptions, isShort: boolean): void {
  options.short = isShort;
  if (!isShort) return;
  showAll(options, false);
  options.answer = true;
}

function setTrace(options: DigOptions, traced: boolean): void {
  options.trace = traced;
  if (!traced) return;
  options.recurse = false;
  options.identify = true;
  options.comments = false;
  options.stats = false;
  options.additional = false;
  options.question = false;
  options.authority = true;
  options.dnssec = true;
}
