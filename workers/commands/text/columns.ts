/**
 * columns — cut, tr, wc, uniq, nl, rev, paste and column: text by its bytes, fields and lines
 */
import type { Proc } from '../../os/os.ts';

import { characterClasses } from '../shell/glob.ts';
import { LineBatches, type Process } from '../shell/process.ts';
import type { Stream } from '../shell/stream.ts';
import { openOperand, parseCount, type Options, type Tool } from '../shell/tool.ts';

/** Lines of all operands, each batch made into text. @returns 1 when a file could not be read */
function* mapLines(me: Process, names: readonly string[], map: (lines: string[]) => string): Proc<number> {
  let status = 0;
  for (const name of names.length > 0 ? names : ['-']) {
    const stream = yield* openOperand(me, name);
    if (stream === null) {
      status = 1;
      continue;
    }
    const batches = new LineBatches(me, stream);
    for (let lines = yield* batches.next(); lines !== null; lines = yield* batches.next()) {
      const out = map(lines);
      if (out !== '') yield* me.print(out);
    }
  }
  return status;
}

export const cut: Tool = {
  summary: 'print parts of each line',
  synopsis: '-f LIST [-d CHAR] [-s] | -c LIST | -b LIST [FILE]…',
  options: [
    ['-f, --fields LIST', 'these fields: 1,3-5,7-'],
    ['-d, --delimiter CHAR', 'what is between fields (tab)'],
    ['-s, --only-delimited', 'leave out lines without it'],
    ['-c, --characters LIST', 'these characters'],
    ['-b, --bytes LIST', 'these bytes'],
    ['--output-delimiter TEXT', 'what is printed between fields'],
    ['--complement', 'all but these'],
  ],
  missing: '-n -z',
  *run(me, options) {
    const letter = ['f', 'c', 'b'].find((one) => options.has(one));
    if (letter === undefined)
      return yield* me.fail('you must specify a list of bytes, characters, or fields');
    const wanted = parseRanges(options.value(letter)!);
    if (wanted === null) return yield* me.fail(`invalid field value '${options.value(letter)!}'`);
    const delimiter = options.value('d') ?? '\t';
    if (delimiter.length !== 1) return yield* me.fail('the delimiter must be a single character');
    const joint = options.value('output-delimiter') ?? (letter === 'f' ? delimiter : '');
    const chosen = (i: number): boolean => wanted(i + 1) !== options.has('complement');
    return yield* mapLines(me, options.operands, (lines) => {
      let out = '';
      for (const line of lines) {
        if (letter === 'f' && !line.includes(delimiter)) {
          if (!options.has('s')) out += `${line}\n`;
          continue;
        }
        const parts = line.split(letter === 'f' ? delimiter : '');
        out += `${parts.filter((_, i) => chosen(i)).join(joint)}\n`;
      }
      return out;
    });
  },
};

function parseRanges(list: string): ((n: number) => boolean) | null {
  const ranges: [number, number][] = [];
  for (const part of list.split(/[,\s]+/)) {
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    if (match === null || (match[1] === '' && match[3] === '') || match[1] === '0') return null;
    const from = match[1] === '' ? 1 : Number(match[1]);
    const to = match[2] === '' ? from : match[3] === '' ? Infinity : Number(match[3]);
    if (to < from) return null;
    ranges.push([from, to]);
  }
  return (n) => ranges.some(([from, to]) => n >= from && n <= to);
}

export const tr: Tool = {
  summary: 'change or delete characters',
  synopsis: '[-c] [-d] [-s] SET1 [SET2]',
  options: [
    ['-d, --delete', 'delete those of SET1'],
    ['-s, --squeeze-repeats', 'of the same one several times leave one'],
    ['-c, -C, --complement', 'all that are not in SET1'],
    ['-t, --truncate-set1', 'make SET1 as long as SET2'],
  ],
  *run(me, options) {
    const [first, second] = options.operands;
    if (first === undefined) return yield* me.fail('missing operand');
    if (second === undefined && !options.has('d') && !options.has('s'))
      return yield* me.fail(`missing operand after '${first}'\nTwo strings must be given when translating.`);
    let from = expandSet(first);
    if (options.has('c')) {
      const all = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
      const without = new Set(from);
      from = all.filter((c) => !without.has(c)).join('');
    }
    const to = expandSet(second ?? '');
    const deletes = options.has('d');
    const table = new Map<string, string>();
    if (!deletes && second !== undefined)
      for (let i = 0; i < from.length; i++) {
        if (options.has('t') && i >= to.length) break;
        table.set(from[i]!, to[Math.min(i, to.length - 1)] ?? '');
      }
    const gone = new Set(deletes ? from : '');
    const squeezed = new Set(options.has('s') ? (second === undefined ? from : to) : '');
    let last = '';
    for (let text = yield* me.read(me.input); text !== ''; text = yield* me.read(me.input)) {
      let out = '';
      for (const c of text) {
        if (gone.has(c)) continue;
        const changed = table.get(c) ?? c;
        if (changed === last && squeezed.has(changed)) continue;
        last = changed;
        out += changed;
      }
      yield* me.print(out);
    }
    return 0;
  },
};

function expandSet(set: string): string {
  const simple: Record<string, string> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07', b: '\b' };
  const text = set.replace(/\[:(\w+):\]/g, (all, name: string) => {
    const test = characterClasses[name];
    if (test === undefined) return all;
    let members = '';
    for (let code = 0; code < 256; code++)
      if (test.test(String.fromCharCode(code))) members += String.fromCharCode(code);
    return members.replace(/[\\-]/g, '\\$&');
  });
  let out = '';
  const plain = text.replace(/\\([0-7]{1,3})|\\([\s\S])/g, (_, octal?: string, letter?: string) => {
    const c =
      octal !== undefined ? String.fromCharCode(parseInt(octal, 8) & 255) : (simple[letter!] ?? letter!);
    return c === '-' ? '\ue000' : c; // an escaped "-" is no range
  });
  for (let i = 0; i < plain.length; i++) {
    if (plain[i + 1] === '-' && i + 2 < plain.length) {
      for (let code = plain.charCodeAt(i); code <= plain.charCodeAt(i + 2) && code < 256; code++)
        out += String.fromCharCode(code);
      i += 2;
    } else out += plain[i] === '\ue000' ? '-' : plain[i]!;
  }
  return out;
}

export const wc: Tool = {
  summary: 'count lines, words and bytes',
  synopsis: '[-l] [-w] [-c] [-m] [-L] [FILE]…',
  options: [
    ['-l, --lines', 'lines'],
    ['-w, --words', 'words'],
    ['-c, --bytes', 'bytes'],
    ['-m, --chars', 'characters, which are bytes here'],
    ['-L, --max-line-length', 'the longest line'],
  ],
  missing: '--files0-from --total',
  *run(me, options) {
    const letters = ['l', 'w', 'm', 'c', 'L'].filter((letter) => options.has(letter));
    const shown = letters.length > 0 ? letters : ['l', 'w', 'c'];
    const rows: { counts: number[]; name: string }[] = [];
    let status = 0;
    for (const name of options.operands.length > 0 ? options.operands : ['']) {
      const stream = yield* openOperand(me, name === '' ? '-' : name);
      if (stream === null) status = 1;
      else rows.push({ counts: yield* count(me, stream, shown), name });
    }
    if (options.operands.length > 1) {
      const total = shown.map((_, i) => rows.reduce((sum, { counts }) => sum + counts[i]!, 0));
      rows.push({ counts: total, name: 'total' });
    }
    const least =
      rows.length === 1 && (shown.length === 1 || options.operands.length > 0)
        ? 1
        : options.operands.length > 0
          ? 1
          : 7;
    const width =
      shown.length === 1 && rows.length === 1
        ? 1
        : Math.max(least, ...rows.flatMap(({ counts }) => counts.map((n) => String(n).length)));
    for (const { counts, name } of rows)
      yield* me.print(
        `${counts.map((n) => String(n).padStart(width)).join(' ')}${name === '' ? '' : ` ${name}`}\n`,
      );
    return status;
  },
};

function* count(me: Process, stream: Stream, letters: readonly string[]): Proc<number[]> {
  let lines = 0;
  let words = 0;
  let bytes = 0;
  let longest = 0;
  let inWord = false;
  let column = 0;
  for (let text = yield* me.read(stream); text !== ''; text = yield* me.read(stream)) {
    bytes += text.length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      const isSpace = code === 32 || (code >= 9 && code <= 13);
      if (!isSpace && !inWord) words++;
      inWord = !isSpace;
      if (code === 10) {
        lines++;
        longest = Math.max(longest, column);
        column = 0;
      } else column++;
    }
  }
  longest = Math.max(longest, column);
  return letters.map((letter) => ({ l: lines, w: words, L: longest })[letter] ?? bytes);
}

export const uniq: Tool = {
  summary: 'of equal lines one after the other, print one',
  synopsis: '[-c] [-d | -u] [-i] [-f NUM] [-s NUM] [FILE]',
  options: [
    ['-c, --count', 'say how many there were'],
    ['-d, --repeated', 'only those that were there several times'],
    ['-u, --unique', 'only those that were there once'],
    ['-i, --ignore-case', 'upper and lower case are the same'],
    ['-f, --skip-fields NUM', 'do not look at the first fields'],
    ['-s, --skip-chars NUM', 'nor at so many characters'],
    ['-w, --check-chars NUM', 'look at so many characters'],
  ],
  missing: '-D -z --group',
  *run(me, options) {
    const runs = new Runs(options);
    const status = yield* mapLines(me, options.operands.slice(0, 1), (lines) =>
      lines.map((line) => runs.add(line)).join(''),
    );
    yield* me.print(runs.end());
    return status;
  },
};

class Runs {
  readonly #options: Options;
  #line: string | null = null;
  #key = '';
  #count = 0;

  constructor(options: Options) {
    this.#options = options;
  }
  add(line: string): string {
    const key = this.#keyOf(line);
    if (this.#line !== null && key === this.#key) {
      this.#count++;
      return '';
    }
    const out = this.end();
    this.#line = line;
    this.#key = key;
    this.#count = 1;
    return out;
  }
  end(): string {
    const line = this.#line;
    if (line === null) return '';
    this.#line = null;
    if (this.#options.has('d') && this.#count < 2) return '';
    if (this.#options.has('u') && this.#count > 1) return '';
    return `${this.#options.has('c') ? `${String(this.#count).padStart(7)} ` : ''}${line}\n`;
  }
  #keyOf(line: string): string {
    const fields = parseCount(this.#options.value('f')) ?? 0;
    let key = line;
    for (let i = 0; i < fields; i++) key = key.replace(/^\s*\S*/, '');
    key = key.slice(parseCount(this.#options.value('s')) ?? 0);
    const width = parseCount(this.#options.value('w'));
    if (width !== null) key = key.slice(0, width);
    return this.#options.has('i') ? key.toLowerCase() : key;
  }
}

export const nl: Tool = {
  summary: 'number the lines',
  synopsis: '[-b a|t] [FILE]…',
  options: [['-b, --body-numbering STYLE', 'a: all lines; t: those that are not empty']],
  missing: '-d -f -h -i -l -n -p -s -v -w',
  run: (me, options) => {
    let number = 0;
    const all = options.value('b') === 'a';
    const row = (line: string): string =>
      line === '' && !all ? '       \n' : `${String(++number).padStart(6)}\t${line}\n`;
    return mapLines(me, options.operands, (lines) => lines.map(row).join(''));
  },
};

export const rev: Tool = {
  summary: 'print each line backwards',
  synopsis: '[FILE]…',
  options: [],
  run: (me, options) =>
    mapLines(me, options.operands, (lines) =>
      lines.map((line) => `${[...line].reverse().join('')}\n`).join(''),
    ),
};

export const paste: Tool = {
  summary: 'put lines of files side by side',
  synopsis: '[-s] [-d LIST] [FILE]…',
  options: [
    ['-d, --delimiters LIST', 'what goes between (tab)'],
    ['-s, --serial', 'all lines of a file in one'],
  ],
  missing: '-z',
  *run(me, options) {
    const joints = (options.value('d') ?? '\t').replaceAll('\\n', '\n').replaceAll('\\t', '\t');
    const joint = (i: number): string => (joints === '' ? '' : joints[i % joints.length]!);
    const files: string[][] = [];
    for (const name of options.operands.length > 0 ? options.operands : ['-']) {
      const stream = yield* openOperand(me, name);
      if (stream === null) return 1;
      files.push((yield* me.readAll(stream)).replace(/\n$/, '').split('\n'));
    }
    const join = (parts: readonly string[]): string =>
      parts.reduce((text, part, i) => text + joint(i - 1) + part);
    if (options.has('s')) yield* me.print(files.map((lines) => `${join(lines)}\n`).join(''));
    else {
      const rows = Math.max(...files.map((lines) => lines.length));
      for (let row = 0; row < rows; row++)
        yield* me.print(`${join(files.map((lines) => lines[row] ?? ''))}\n`);
    }
    return 0;
  },
};

export const column: Tool = {
  summary: 'make a table of words',
  synopsis: '-t [-s CHARS] [FILE]…',
  options: [
    ['-t, --table', 'columns of the same width'],
    ['-s, --separator CHARS', 'what is between the columns of a line (blanks)'],
  ],
  missing: '-c -n -x -o -N -R -J',
  *run(me, options) {
    if (!options.has('t'))
      return yield* me.fail("the real tool fills columns without -t; this simulator doesn't yet");
    const separators = options.value('s');
    const rows: string[][] = [];
    const status = yield* mapLines(me, options.operands, (lines) => {
      for (const line of lines) if (line.trim() !== '') rows.push(cells(line, separators));
      return '';
    });
    const widths: number[] = [];
    for (const row of rows)
      for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
    const print = (row: readonly string[]): string =>
      `${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]!))).join('  ')}\n`;
    yield* me.print(rows.map(print).join(''));
    return status;
  },
};

function cells(line: string, separators: string | null): string[] {
  if (separators === null) return line.trim().split(/[ \t]+/);
  const parts = [''];
  for (const c of line)
    if (separators.includes(c)) parts.push('');
    else parts[parts.length - 1] += c;
  return parts.filter((part) => part !== '');
}
