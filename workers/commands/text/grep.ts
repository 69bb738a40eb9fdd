/**
 * grep — grep, egrep and fgrep: the lines that match a pattern
 *
 * SEE ALSO  regex/regex.ts
 */
import type { Proc } from '../../os/os.ts';

import { isDirectory, namesIn } from '../shell/directory.ts';
import { absolutePath, LineBatches, type Process } from '../shell/process.ts';
import type { Stream } from '../shell/stream.ts';
import { openOperand, parseCount, type Options, type Tool } from '../shell/tool.ts';

import { compileRegex, RegexError, type Match, type Regex } from './regex/regex.ts';

export const grep: Tool = {
  summary: 'print the lines that match a pattern',
  synopsis: '[OPTION]… PATTERN [FILE]…',
  number: 'C',
  usageStatus: 2,
  options: [
    ['-E, --extended-regexp', 'the pattern is an extended regular expression: | + ? ( ) { } are special'],
    ['-F, --fixed-strings', 'the pattern is text'],
    ['-G, --basic-regexp', 'the pattern is a basic regular expression (as without an option)'],
    ['-P, --perl-regexp', 'as -E, with \\d and (?:…)'],
    ['-e, --regexp PATTERN', 'a pattern; may be given several times'],
    ['-f, --file FILE', 'patterns from a file, one a line'],
    ['-i, --ignore-case', 'upper and lower case are the same'],
    ['-v, --invert-match', 'the lines that do not match'],
    ['-w, --word-regexp', 'whole words'],
    ['-x, --line-regexp', 'whole lines'],
    ['-c, --count', 'print only how many lines match'],
    ['-l, --files-with-matches', 'print only the names of files with a match'],
    ['-L, --files-without-match', 'print only the names of files without one'],
    ['-o, --only-matching', 'print only what matches'],
    ['-n, --line-number', 'number the lines'],
    ['-H, --with-filename', 'print the name of the file'],
    ['-h, --no-filename', 'do not'],
    ['-q, --quiet, --silent', 'print nothing: the exit status tells'],
    ['-s, --no-messages', 'say nothing of files that cannot be read'],
    ['-r, --recursive', 'all files below a directory'],
    ['-R', 'the same'],
    ['-m, --max-count NUM', 'stop after so many lines of a file'],
    ['-A, --after-context NUM', 'print so many lines after a match'],
    ['-B, --before-context NUM', 'and before it'],
    ['-C, --context NUM', 'both'],
    ['--color, --colour', 'no effect'],
    ['--line-buffered', 'no effect: nothing is held back'],
    ['-a, --text', 'no effect'],
    ['-I', 'no effect'],
    ['--include GLOB', 'with -r: only files of such names'],
  ],
  missing: '-b -z -Z -T -u -y -d -D --exclude --exclude-dir --label --null --byte-offset',
  run: grepFiles,
};

interface Job {
  readonly me: Process;
  readonly options: Options;
  readonly patterns: readonly Regex[];
  readonly named: boolean;
  readonly max: number;
  readonly after: number;
  readonly before: number;
}

function* grepFiles(me: Process, options: Options): Proc<number> {
  const operands = [...options.operands];
  const sources = options.values('e');
  for (const name of options.values('f')) {
    const stream = yield* openOperand(me, name);
    if (stream === null) return 2;
    sources.push(...(yield* me.readAll(stream)).replace(/\n$/, '').split('\n'));
  }
  if (!options.has('e') && !options.has('f')) {
    const first = operands.shift();
    if (first === undefined) return yield* me.fail('no pattern; usage: grep [OPTION]… PATTERN [FILE]…', 2);
    sources.push(...first.split('\n'));
  }
  let patterns: Regex[];
  try {
    patterns = sources.map((source) => compile(source, me.name, options));
  } catch (error) {
    if (error instanceof RegexError) return yield* me.fail(error.text, 2);
    throw error;
  }
  const recursive = options.has('r') || options.has('R');
  if (operands.length === 0) operands.push(recursive ? '.' : '-');
  const files = recursive ? operands.flatMap((name) => below(me, name)) : operands;
  const context = parseCount(options.value('C')) ?? 0;
  const job: Job = {
    me,
    options,
    patterns,
    named: options.has('H') || ((files.length > 1 || recursive) && !options.has('h')),
    max: parseCount(options.value('m')) ?? Infinity,
    after: parseCount(options.value('A')) ?? context,
    before: parseCount(options.value('B')) ?? context,
  };
  return yield* search(job, files);
}

function* search(job: Job, files: readonly string[]): Proc<number> {
  const { me, options } = job;
  let found = false;
  let failed = false;
  for (const name of files) {
    if (options.has('s') && name !== '-' && !me.os.files.exists(absolutePath(me.directory, name))) {
      failed = true;
      continue;
    }
    const stream = yield* openOperand(me, name);
    if (stream === null) {
      failed = true;
      continue;
    }
    const count = yield* searchStream(job, stream, name === '-' ? '(standard input)' : name);
    found ||= options.has('L') ? count === 0 : count > 0;
    if (found && options.has('q')) return 0;
  }
  return failed ? 2 : found ? 0 : 1;
}

function compile(source: string, name: string, options: Options): Regex {
  const fixed = options.has('F') || name === 'fgrep';
  const perl = options.has('P');
  const extended = options.has('E') || perl || name === 'egrep';
  let text = fixed ? source.replace(/[\\.*[\]^$]/g, '\\$&') : source;
  const open = extended && !fixed ? '(' : '\\(';
  const close = extended && !fixed ? ')' : '\\)';
  if (options.has('x')) text = `^${open}${text}${close}$`;
  else if (options.has('w')) text = `\\b${open}${text}${close}\\b`;
  return compileRegex(text, { extended: extended && !fixed, ignoreCase: options.has('i'), perl });
}

const filesMax = 10_000;

function below(me: Process, name: string): string[] {
  const path = absolutePath(me.directory, name);
  if (!isDirectory(me.os.files, path)) return [name];
  const found: string[] = [];
  const walk = (directory: string, shown: string): void => {
    for (const one of namesIn(me.os.files, directory)) {
      if (found.length >= filesMax) return;
      const full = directory === '/' ? `/${one}` : `${directory}/${one}`;
      if (me.os.files.exists(full)) found.push(`${shown}/${one}`);
      else if (isDirectory(me.os.files, full)) walk(full, `${shown}/${one}`);
    }
  };
  walk(path, name.replace(/\/$/, ''));
  return found;
}

function* searchStream(job: Job, stream: Stream, name: string): Proc<number> {
  const { me, options, patterns, named, max, after, before } = job;
  const quiet = options.has('c') || options.has('l') || options.has('L') || options.has('q');
  const prefix = named ? name : '';
  const numbered = options.has('n');
  const inverted = options.has('v');
  const batches = new LineBatches(me, stream);
  const held: string[] = []; // lines that may come before a match
  let number = 0;
  let count = 0;
  let trailing = 0;
  let lastPrinted = 0;
  const shown = (line: string, at: number, mark: string): string =>
    `${prefix === '' ? '' : prefix + mark}${numbered ? `${at}${mark}` : ''}${line}\n`;
  for (let lines = yield* batches.next(); lines !== null; lines = yield* batches.next()) {
    let out = '';
    for (const line of lines) {
      number++;
      if (count >= max && trailing === 0) break;
      const matches = count < max && patterns.some((pattern) => pattern.test(line)) !== inverted;
      if (matches) {
        count++;
        if (quiet) continue;
        if (options.has('o')) {
          if (!inverted) for (const text of matchesIn(line, patterns)) out += shown(text, number, ':');
          continue;
        }
        if ((before > 0 || after > 0) && lastPrinted > 0 && number - held.length > lastPrinted + 1)
          out += '--\n';
        for (const [i, one] of held.entries()) out += shown(one, number - held.length + i, '-');
        held.length = 0;
        out += shown(line, number, ':');
        lastPrinted = number;
        trailing = after;
      } else if (trailing > 0 && !quiet) {
        trailing--;
        out += shown(line, number, '-');
        lastPrinted = number;
      } else if (before > 0) {
        held.push(line);
        if (held.length > before) held.shift();
      }
    }
    if (out !== '') yield* me.print(out);
    if (count > 0 && (options.has('q') || options.has('l'))) break;
    if (count >= max && trailing === 0) break;
  }
  if (options.has('c')) yield* me.print(`${prefix === '' ? '' : `${prefix}:`}${count}\n`);
  else if (options.has('l') ? count > 0 : options.has('L') && count === 0) yield* me.print(`${name}\n`);
  return count;
}

function matchesIn(line: string, patterns: readonly Regex[]): string[] {
  const found: string[] = [];
  for (let at = 0; at <= line.length;) {
    let best: Match | null = null;
    for (const pattern of patterns) {
      const match = pattern.exec(line, at);
      if (
        match !== null &&
        (best === null || match[0]! < best[0]! || (match[0] === best[0] && match[1]! > best[1]!))
      )
        best = match;
    }
    if (best === null) break;
    if (best[1]! > best[0]!) found.push(line.slice(best[0], best[1]));
    at = best[1]! > best[0]! ? best[1]! : best[1]! + 1;
  }
  return found;
}
