/**
 * complete — what the word at the cursor of a command line may become: commands, files, options, queue ids,
 * hosts, addresses, parameters
 *
 * A question, not an act: it reads what the host has now, leaves no trace and changes nothing.
 *
 * SEE ALSO  bash(1), programmable completion; terminal.ts (where the page asks)
 */
import * as ascii from '../../bytes/ascii.ts';
import * as utf8 from '../../bytes/utf8.ts';

import type { Files } from '../../os/os.ts';

import { fullParameterTable } from '../../daemons/postfix/unread-params.ts';
import { moreParameters } from '../postfix/more-parameters.ts';

import { builtinSummaries } from './builtin-summaries.ts';
import { byBytes, isDirectory, namesIn } from './directory.ts';
import { absolutePath, type Programs } from './process.ts';
import type { ShellState } from './shell-state.ts';

/** What the page asks; it knows who is in the world. */
export interface CompletionQuestion {
  host: string;
  tty: number;
  /** up to the cursor */
  line: string;
  hosts: readonly string[];
  addresses: readonly string[];
}

/** What the end of the line may become. */
export interface Completion {
  /** where the word begins in the line */
  from: number;
  /** whole words, as they are to be written; one that ends with "/" or "=" goes on */
  words: string[];
  /** how many more there are */
  more: number;
}

/** What is there to choose from. */
export interface Completing {
  readonly files: Files;
  readonly state: ShellState;
  readonly programs: Programs;
}

const wordsMax = 400;
const queues = Object.freeze(['maildrop', 'incoming', 'active', 'deferred', 'hold', 'corrupt']);
const takesCommand = wordSet('man help which type sudo nohup nice xargs watch timeout env exec time');
const takesHost = wordSet('telnet nc ncat ping dig host nslookup traceroute openssl swaks ldapsearch ssh');
const takesAddress = wordSet('sendmail swaks mail mailx postmap ldapsearch');
const takesQueueId = wordSet('postsuper postcat postqueue');
const beforeCommand = wordSet('then do else elif if while until ! { time sudo nohup xargs watch');

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}

/** Where a terminal can be asked, among what is bound on its host. */
export interface Completer {
  complete(question: CompletionQuestion): Completion | null;
}
export function completerPath(tty: number): string {
  return `/dev/pts/${tty}:complete`;
}

/** Completes the end of a line. */
export function complete(question: CompletionQuestion, at: Completing): Completion {
  const { word, from, before, isTarget } = lastWord(question.line);
  const plain = word.replace(/\\(.)|["']/g, '$1');
  const command = before.findLast((one, i) => isCommandPlace(before, i) && !beforeCommand.has(one)) ?? null;
  const found = candidates({ plain, command, before, isTarget }, question, at);
  const words = [...new Set(found)].filter((one) => one.startsWith(plain)).sort(byBytes);
  const shown = words.slice(0, wordsMax).map((one) => asWritten(one, word));
  return { from, words: shown, more: words.length - shown.length };
}

interface Place {
  plain: string;
  /** whose argument the word is; null = it is a command itself */
  command: string | null;
  before: readonly string[];
  /** behind < or > */
  isTarget: boolean;
}

function candidates(place: Place, question: CompletionQuestion, at: Completing): string[] {
  const { plain, command, before, isTarget } = place;
  if (plain.startsWith('$')) return at.state.names().map((name) => `$${name}`);
  if (isTarget) return filesFor(plain, at, false);
  if (command === null || isCommandPlace(before, before.length)) {
    const names = plain.includes('/') ? [] : [...at.programs.names, ...Object.keys(builtinSummaries)];
    return [
      ...names,
      ...at.state.functions.keys(),
      ...(plain.includes('/') ? filesFor(plain, at, false) : []),
    ];
  }
  if (plain.startsWith('-')) return optionsOf(command, at);
  if (command === 'cd' || command === 'rmdir') return filesFor(plain, at, true);
  const found: string[] = [];
  if (takesCommand.has(command)) found.push(...at.programs.names, ...Object.keys(builtinSummaries));
  if (takesQueueId.has(command))
    found.push(...queueIds(at.files), ...(command === 'postsuper' ? ['ALL'] : []));
  if (takesHost.has(command)) found.push(...question.hosts);
  if (takesAddress.has(command) || plain.includes('@')) found.push(...question.addresses);
  if (command === 'postconf') found.push(...parametersOf(before));
  // What has a list of its own has files too, but only where the list has nothing.
  const isListed = found.some((one) => one.startsWith(plain));
  return isListed && !plain.includes('/') ? found : filesFor(plain, at, false);
}

/** Whether a word at this place of a simple command is its name. */
function isCommandPlace(words: readonly string[], at: number): boolean {
  for (let i = 0; i < at; i++) if (!beforeCommand.has(words[i]!) && !/^\w+=/.test(words[i]!)) return false;
  return true;
}

function filesFor(plain: string, { files, state }: Completing, directoriesOnly: boolean): string[] {
  const end = plain.lastIndexOf('/') + 1;
  const written = plain.slice(0, end);
  const home = state.get('HOME') ?? '/root';
  const named = written.startsWith('~/') ? home + written.slice(1) : written;
  const directory = absolutePath(state.directory, named === '' ? '.' : named);
  const isHidden = plain.slice(end).startsWith('.');
  return namesIn(files, directory).flatMap((name) => {
    if (name.startsWith('.') && !isHidden) return [];
    const isBelow = isDirectory(files, absolutePath(directory, name));
    if (directoriesOnly && !isBelow) return [];
    return [`${written}${text(name)}${isBelow ? '/' : ''}`];
  });
}

// A manual names all options that are there; behind this heading are those that are not.
function optionsOf(command: string, { programs }: Completing): string[] {
  const manual = programs.find(command)?.manual.split('NOT IN THIS SIMULATOR')[0] ?? '';
  return [...manual.matchAll(/(?<=^|[\s[(|,])--?[A-Za-z][\w-]*/g)].map(([option]) => option);
}

function queueIds(files: Files): string[] {
  return queues.flatMap((queue) => files.directory(`/var/spool/postfix/${queue}`).names());
}

function parametersOf(before: readonly string[]): string[] {
  const names = [...fullParameterTable()].map(([name]) => name);
  for (const [, more] of moreParameters) names.push(...more.split(/\s+/));
  return before.includes('-e') ? names.map((name) => `${name}=`) : names;
}

/** The word at the end of a line, and the words of its command before it. */
function lastWord(line: string): { word: string; from: number; before: string[]; isTarget: boolean } {
  let before: string[] = [];
  let from = 0;
  let word = '';
  let quote = '';
  let isTarget = false;
  const end = (at: number): void => {
    if (word !== '' && !isTarget) before.push(word);
    if (word !== '') isTarget = false;
    word = '';
    from = at;
  };
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (quote !== '') {
      word += c;
      if (c === '\\' && quote === '"') word += line[++i] ?? '';
      else if (c === quote) quote = '';
    } else if (c === '\\') word += c + (line[++i] ?? '');
    else if (c === '"' || c === "'") word += quote = c;
    else if (c === ' ' || c === '\t') end(i + 1);
    else if (c === '<' || c === '>') {
      end(i + 1);
      isTarget = true;
    } else if ('|;&(`\n'.includes(c) || (c === ')' && word === '')) {
      end(i + 1);
      before = [];
      isTarget = false;
    } else word += c;
  }
  return { word, from, before, isTarget };
}

/** With what the shell would take apart quoted, as the word was begun. */
function asWritten(one: string, begun: string): string {
  const quote = /^["']/.exec(begun)?.[0] ?? '';
  if (quote !== '') return quote + one + (one.endsWith('/') ? '' : quote);
  return one.startsWith('$') ? one : one.replace(/[\s"'`\\$&|;<>()*?[\]#!]/g, '\\$&');
}

/** Names on a disk are bytes. */
function text(bytes: string): string {
  return utf8.decode(ascii.encode(bytes));
}
