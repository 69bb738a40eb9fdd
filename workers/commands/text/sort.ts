/**
 * sort — lines in order: by bytes, numbers, months, sizes, versions; by keys
 */
import { openOperand, type Options, type Tool } from '../shell/tool.ts';
import { absolutePath } from '../shell/process.ts';
import { byBytes } from '../shell/directory.ts';
import * as ascii from '../../bytes/ascii.ts';

export const sort: Tool = {
  summary: 'print lines in order',
  synopsis: '[-n | -h | -M | -V | -g] [-r] [-u] [-f] [-b] [-k KEY]… [-t CHAR] [-o FILE] [-c] [FILE]…',
  usageStatus: 2,
  options: [
    ['-n, --numeric-sort', 'by number'],
    ['-g, --general-numeric-sort', 'by number, with exponents'],
    ['-h, --human-numeric-sort', 'by sizes such as 2K, 1G'],
    ['-M, --month-sort', 'by month: JAN … DEC'],
    ['-V, --version-sort', 'by text with numbers in it'],
    ['-r, --reverse', 'the last first'],
    ['-u, --unique', 'of equal lines one'],
    ['-f, --ignore-case', 'upper and lower case are the same'],
    ['-b, --ignore-leading-blanks', 'do not look at blanks in front'],
    ['-d, --dictionary-order', 'look at letters, digits and blanks alone'],
    ['-s, --stable', 'leave equal lines in the order they had'],
    ['-k, --key KEY', 'from field to field: 2, 2n, 2,3, 1.4,1.6r'],
    ['-t, --field-separator CHAR', 'what is between fields (blanks)'],
    ['-o, --output FILE', 'write to a file, which may be one of those read'],
    ['-c, --check', 'say whether they are in order'],
  ],
  missing: '-m -R -z -S -T -i -C --parallel --files0-from --batch-size',
  *run(me, options) {
    const lines: string[] = [];
    for (const name of options.operands.length > 0 ? options.operands : ['-']) {
      const stream = yield* openOperand(me, name);
      if (stream === null) return 2;
      const text = yield* me.readAll(stream);
      if (text !== '') lines.push(...splitLines(text));
    }
    const keys = options.values('k').map((key) => parseKey(key, options));
    const bad = keys.indexOf(null);
    if (bad >= 0)
      return yield* me.fail(
        `invalid number at field start: invalid count at start of '${options.values('k')[bad]!}'`,
        2,
      );
    const order = orderOf(keys as Key[], options);
    if (options.has('c')) {
      const at = lines.findIndex(
        (line, i) => i > 0 && order.compare(lines[i - 1]!, line) > (options.has('u') ? -1 : 0),
      );
      return at < 0 ? 0 : yield* me.fail(`${options.operands[0] ?? '-'}:${at + 1}: disorder: ${lines[at]!}`);
    }
    yield* me.cpu.use(lines.length / 2);
    let sorted = lines.sort(order.compare);
    if (options.has('u'))
      sorted = sorted.filter((line, i) => i === 0 || order.byKeys(sorted[i - 1]!, line) !== 0);
    const output = sorted.length === 0 ? '' : `${sorted.join('\n')}\n`;
    const to = options.value('o');
    if (to === null) yield* me.print(output);
    else me.os.files.write(absolutePath(me.directory, to), ascii.encode(output));
    return 0;
  },
};

function splitLines(text: string): string[] {
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

interface Key {
  field: number;
  char: number;
  endField: number;
  endChar: number;
  kind: Kind;
  flags: string;
}
type Kind = 'text' | 'n' | 'g' | 'h' | 'M' | 'V';

function parseKey(text: string, options: Options): Key | null {
  const match = /^(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.(\d+))?([a-zA-Z]*))?$/.exec(text);
  if (match === null || match[1] === '0') return null;
  const own = `${match[3] ?? ''}${match[6] ?? ''}`;
  const flags = own === '' ? globalFlags(options) : own;
  return {
    field: Number(match[1]),
    char: Number(match[2] ?? '1'),
    endField: match[4] === undefined ? Infinity : Number(match[4]),
    endChar: Number(match[5] ?? '0'),
    kind: kindOf(flags),
    flags,
  };
}

function globalFlags(options: Options): string {
  return ['n', 'g', 'h', 'M', 'V', 'r', 'f', 'b', 'd'].filter((letter) => options.has(letter)).join('');
}
function kindOf(flags: string): Kind {
  return (['n', 'g', 'h', 'M', 'V'] as const).find((letter) => flags.includes(letter)) ?? 'text';
}

type Compare = (a: string, b: string) => number;

function orderOf(keys: Key[], options: Options): { compare: Compare; byKeys: Compare } {
  const flags = globalFlags(options);
  const used: Key[] =
    keys.length > 0
      ? keys
      : [{ field: 1, char: 1, endField: Infinity, endChar: 0, kind: kindOf(flags), flags }];
  const separator = options.value('t');
  const byKeys: Compare = (a, b) => {
    for (const key of used) {
      const order = comparison(extract(a, key, separator), extract(b, key, separator), key);
      if (order !== 0) return key.flags.includes('r') ? -order : order;
    }
    return 0;
  };
  const isPlain = keys.length === 0 && /^r?$/.test(flags);
  const last: Compare = options.has('s') || options.has('u') || isPlain ? () => 0 : byBytes;
  const direction = options.has('r') ? -1 : 1;
  return { byKeys, compare: (a, b) => byKeys(a, b) || direction * last(a, b) };
}

function extract(line: string, key: Key, separator: string | null): string {
  if (key.field === 1 && key.char === 1 && key.endField === Infinity) return line;
  const starts = fieldStarts(line, separator);
  const start = starts[key.field - 1];
  if (start === undefined) return '';
  let from = start;
  if (key.flags.includes('b')) while (/[ \t]/.test(line[from] ?? '')) from++;
  from += key.char - 1;
  let end = line.length;
  if (key.endField !== Infinity) {
    const next = starts[key.endField];
    if (key.endChar > 0) end = (starts[key.endField - 1] ?? line.length) + key.endChar;
    else if (next !== undefined) end = separator === null ? next : next - 1;
  }
  return line.slice(from, Math.max(from, end));
}

// Without a separator a field has the blanks before it.
function fieldStarts(line: string, separator: string | null): number[] {
  const starts = [0];
  if (separator !== null) {
    for (let at = line.indexOf(separator); at >= 0; at = line.indexOf(separator, at + 1)) starts.push(at + 1);
    return starts;
  }
  for (let at = 1; at < line.length; at++)
    if (/[ \t]/.test(line[at]!) && !/[ \t]/.test(line[at - 1]!)) starts.push(at);
  return starts;
}

const months = Object.freeze('JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' '));

function comparison(a: string, b: string, { kind, flags }: Key): number {
  switch (kind) {
    case 'n':
      return numberAt(a) - numberAt(b);
    case 'g':
      return (Number.parseFloat(a) || 0) - (Number.parseFloat(b) || 0);
    case 'h':
      return sizeOf(a) - sizeOf(b);
    case 'M':
      return monthOf(a) - monthOf(b);
    case 'V':
      return byVersion(a, b);
    case 'text':
      return byBytes(seen(a, flags), seen(b, flags));
  }
}

function numberAt(text: string): number {
  return Number(/^\s*(-?\d*\.?\d*)/.exec(text)![1]) || 0;
}
function sizeOf(text: string): number {
  const [, number = '0', unit = ''] = /^\s*(-?\d*\.?\d+)([kKMGTP]?)/.exec(text) ?? [];
  return (' KMGTP'.indexOf(unit.toUpperCase() || ' ') || 0) * 1e12 + Number(number);
}
function monthOf(text: string): number {
  return months.indexOf(text.trimStart().slice(0, 3).toUpperCase());
}
function byVersion(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const both = /^\d/.test(left[i]!) && /^\d/.test(right[i]!);
    const order = both ? Number(left[i]) - Number(right[i]) : byBytes(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}
function seen(text: string, flags: string): string {
  let key = flags.includes('b') ? text.replace(/^[ \t]+/, '') : text;
  if (flags.includes('d')) key = key.replace(/[^A-Za-z0-9 \t]/g, '');
  return flags.includes('f') ? key.toUpperCase() : key;
}
