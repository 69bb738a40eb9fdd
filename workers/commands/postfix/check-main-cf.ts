/**
 * check-main-cf — what is wrong with a main.cf while it is written, line by line, and what a parameter is
 *
 * Pure: text in, findings out; the page runs it at each key press. The words are those of the programs where
 * they have any: postconf(1) for names, the daemons for values.
 *
 * SEE ALSO  known-parameters.ts (names), ../../daemons/postfix/params.ts (types), parameter-notes.ts (what
 *           they do), check-master-cf.ts (the other file), postconf(5)
 */
import { expandValue } from '../../daemons/postfix/expand.ts';
import {
  logicalLines,
  makeParameters,
  parseMainCf,
  parseTime,
  splitList,
} from '../../daemons/postfix/main-cf.ts';
import { transportParameters, type ParameterType, type TimeUnit } from '../../daemons/postfix/params.ts';
import { fullParameterTable } from '../../daemons/postfix/unread-params.ts';

import { knownParameters, type KnownParameter } from './known-parameters.ts';
import { parseMasterFile } from './master-file.ts';
import { nearestName } from './nearest-name.ts';
import { parameterNotes, readerByName } from './parameter-notes.ts';
import { wordsOf } from './parameter-words.ts';

/** error: Postfix does not start with it; warning: not what was meant; note: nothing comes of it here. */
export interface Finding {
  /** counted from 1 */
  line: number;
  severity: 'error' | 'warning' | 'note';
  text: string;
}

/** What is to be known of a parameter. */
export interface ParameterHelp {
  name: string;
  type: ParameterType;
  /** the words it may be; [] = anything */
  words: readonly string[];
  usual: string;
  /** of a time without one; null for other types */
  unit: TimeUnit | null;
  /** false: no daemon of the simulation reads it */
  actsHere: boolean;
  /** the programs that read it, here or in real Postfix; '' = not told */
  readers: string;
  /** what comes of it, in a few words; '' = not told */
  does: string;
}

/** The host that a main.cf is for. */
export interface CheckedHost {
  hostName: string;
  addresses: readonly string[];
  masterCf: string;
}

const guessesMax = 50;

/** A main.cf as it is being written. */
export class MainCfCheck {
  readonly findings: readonly Finding[];
  readonly #table = fullParameterTable();
  readonly #notes = parameterNotes();
  readonly #known: ReadonlyMap<string, KnownParameter>;
  readonly #defined: readonly Definition[];
  readonly #guesses = new Map<string, string | null>();
  readonly #lookup: (name: string) => string | null;

  constructor(text: string, host: CheckedHost) {
    const main = parseMainCf(text);
    const usual = makeParameters(new Map(), host);
    const hostValues = ['myhostname', 'mydomain', 'mynetworks'].map(
      (name) => [name, usual.text(name)] as const,
    );
    this.#known = knownParameters(main, parseMasterFile(host.masterCf), new Map(hostValues));
    this.#defined = definitions(text);
    this.#lookup = (name) => main.values.get(name) ?? this.#known.get(name)?.usual ?? null;
    const findings: Finding[] = main.problems.map(({ line, text: problem }) => ({
      line,
      severity: 'error',
      text: problem,
    }));
    const earlier = new Map<string, string>();
    for (const definition of this.#defined) {
      const { line, name, value } = definition;
      const before = earlier.get(name);
      if (before !== undefined && before !== value)
        findings.push({ line, severity: 'warning', text: `overriding earlier entry: ${name}=${before}` });
      earlier.set(name, value);
      for (const [severity, problem] of this.problemsOf(definition))
        findings.push({ line, severity, text: problem });
    }
    this.findings = findings.sort((a, b) => a.line - b.line);
  }

  /** The parameter that a line defines, or continues; null = none. */
  nameAt(line: number): string | null {
    return this.#defined.findLast((one) => one.line <= line && line <= one.lastLine)?.name ?? null;
  }

  /** What is known of a parameter; null = no such parameter. */
  help(name: string): ParameterHelp | null {
    const known = this.#known.get(name);
    if (known === undefined) return null;
    const row = this.#table.get(name);
    const ending = transportParameters.find(([text]) => name.endsWith(text));
    const type = row?.type ?? ending?.[1] ?? typeOf(known.usual);
    const note = this.#notes.get(name);
    const ofTransport = ending === undefined ? '' : 'qmgr';
    return {
      name,
      type,
      words: wordsOf(name)?.words ?? [],
      usual: known.usual,
      unit: type === 'time' ? (row?.unit ?? 's') : null,
      actsHere: note !== undefined || ending !== undefined || known.kind === 'user',
      readers: note?.readers ?? (ofTransport || readerByName(name)),
      does: note?.does ?? '',
    };
  }

  /** All names that may be set, in order of the alphabet. */
  names(): string[] {
    return [...this.#known.keys()].sort();
  }

  // The search is dear: the first unknown names are guessed at, not thousands of them.
  #nearest(name: string): string | null {
    const known = this.#guesses.get(name);
    if (known !== undefined || this.#guesses.size >= guessesMax) return known ?? null;
    const near = nearestName(name, this.#known.keys());
    this.#guesses.set(name, near);
    return near;
  }

  /** What is wrong with one setting, in main.cf or after -o. */
  problemsOf({ name, value }: Pick<Definition, 'name' | 'value'>): [Finding['severity'], string][] {
    const help = this.help(name);
    if (help === null) {
      const near = this.#nearest(name);
      const meant = near === null ? '' : `; did you mean ${near}?`;
      return [['warning', `unused parameter: ${name}${meant}`]];
    }
    const found: [Finding['severity'], string][] = [];
    if (isTruncated(value)) found.push(['error', `truncated macro reference: "${value}"`]);
    else {
      for (const missing of this.#undefinedIn(name, value))
        found.push(['warning', `$${missing} is not defined: it stands for nothing`]);
      const problem = valueProblem(help, expandValue(value, this.#lookup).trim());
      if (problem !== null) found.push(problem);
    }
    if (!help.actsHere) found.push(['note', `this simulation does not act on ${name}`]);
    return found;
  }

  #undefinedIn(name: string, value: string): string[] {
    if (hasOwnNames.test(name)) return [];
    const named = [...value.replaceAll('$$', '').matchAll(/\$(?:[{(]\s*(\w+)|(\w+))/g)].map(
      ([, braced, plain]) => braced ?? plain!,
    );
    // A name that only main.cf could define is known once it is used; what counts is whether it has a value.
    const isDefined = (one: string): boolean =>
      duringDelivery.includes(one) ||
      this.#defined.some((definition) => definition.name === one) ||
      (this.#known.has(one) && this.#known.get(one)!.kind !== 'user');
    return [...new Set(named)].filter((one) => !isDefined(one));
  }
}

interface Definition {
  line: number;
  /** of its continuation */
  lastLine: number;
  name: string;
  value: string;
}

function definitions(text: string): Definition[] {
  const logical = logicalLines(text);
  const last = text.split('\n').length;
  return logical.flatMap(({ line, text: whole }, i) => {
    const match = /^([^\s=]+)\s*=([\s\S]*)$/.exec(whole);
    const lastLine = Math.min(last, (logical[i + 1]?.line ?? last + 1) - 1);
    return match === null ? [] : [{ line, lastLine, name: match[1]!, value: match[2]!.trim() }];
  });
}

// Their $names are for the daemon that uses them: replies, commands, paths of users.
const hasOwnNames = /^(default_rbl_reply|smtpd_reject_footer|forward_path|luser_relay|.*_command|.*_filter)$/;
const duringDelivery = Object.freeze([
  'stress',
  'process_id',
  'process_name',
  'service_name',
  'multi_instance_name',
]);

function isTruncated(value: string): boolean {
  const opened = /\$[{(]/.exec(value);
  if (opened === null) return false;
  let depth = 0;
  for (const char of value.slice(opened.index))
    if ('{('.includes(char)) depth++;
    else if ('})'.includes(char)) depth--;
  return depth > 0;
}

// Parameters that the simulation does not act on have no row: their default tells what they are.
function typeOf(usual: string): ParameterType {
  if (usual === 'yes' || usual === 'no') return 'bool';
  if (/^\d+$/.test(usual)) return 'number';
  return /^\d+[smhdw]$/.test(usual) ? 'time' : 'text';
}

function valueProblem(help: ParameterHelp, value: string): [Finding['severity'], string] | null {
  const { name, type, words } = help;
  const enumeration = wordsOf(name);
  if (enumeration !== null) {
    const given = enumeration.isList ? splitList(value) : value === '' ? [] : [value];
    const bad = given.find((word) => !words.includes(word.toLowerCase()));
    if (bad === undefined) return null;
    return ['error', `bad value "${bad}": expected ${words.join(', ')}`];
  }
  switch (type) {
    case 'bool':
      return /^(yes|no)$/i.test(value)
        ? null
        : ['error', `bad boolean configuration: ${name} = ${value}; expected yes or no`];
    case 'number':
      if (name.endsWith('_feedback') || /^(\d{1,15}|smtp|smtps|submission|submissions|lmtp)$/.test(value))
        return null;
      return ['error', `bad numerical configuration: ${name} = ${value}`];
    case 'time':
      if (parseTime(value, 's') !== null) return null;
      return ['error', `parameter ${name}: bad time value or unit: ${value}; units are s m h d w`];
    case 'text':
      return null;
  }
}
