/**
 * sed — edits lines as they pass
 *
 * SEE ALSO  script.ts, which says what commands there are
 */
import * as ascii from '../../../bytes/ascii.ts';

import type { Proc } from '../../../os/os.ts';

import { LineBatches, type Process } from '../../shell/process.ts';
import { FileReader, type Stream } from '../../shell/stream.ts';
import { openOperand, type Options, type Tool } from '../../shell/tool.ts';

import type { Regex } from '../regex/regex.ts';
import { parseSed, SedError, type Address, type SedCommand, type Substitution } from './script.ts';
import { substituted } from './substitute.ts';

export const sed: Tool = {
  summary: 'edit lines as they pass',
  synopsis: '[-n] [-E] [-i[SUFFIX]] [-s] SCRIPT [FILE]…',
  options: [
    ['-n, --quiet, --silent', 'print only what p prints'],
    ['-e, --expression SCRIPT', 'commands; may be given several times'],
    ['-f, --file FILE', 'commands from a file'],
    ['-E, -r, --regexp-extended', 'extended regular expressions'],
    ['-i, --in-place', 'write the result back into the file; "-i.bak" keeps the old one'],
    ['-s, --separate', 'line numbers begin anew with each file'],
    ['-u, --unbuffered', 'no effect'],
  ],
  optionalValue: 'i',
  missing: '-b -l -z --debug --posix --sandbox --follow-symlinks',
  description: `Commands: s/RE/TEXT/[g][p][N][I], y/abc/xyz/, d D p P n N g G h H x = i a c r q Q b t T
    : { } !
    Addresses: N, $, FIRST~STEP, /RE/, \\cREc, /RE/I, FROM,TO, FROM,+N.
    In TEXT: & \\1 \\n \\U \\L \\u \\l \\E.
    Not in this simulator: w e F z R W, back-references inside a pattern.`,
  *run(me, options) {
    const scripts = [...options.values('e')];
    for (const name of options.values('f')) {
      const stream = yield* openOperand(me, name);
      if (stream === null) return 1;
      scripts.push((yield* me.readAll(stream)).replace(/\n$/, ''));
    }
    const names = [...options.operands];
    if (scripts.length === 0) {
      const first = names.shift();
      if (first === undefined) return yield* me.fail('no script; usage: sed [-n] [-E] [-i] SCRIPT [FILE]…');
      scripts.push(first);
    }
    const source = scripts.join('\n');
    let commands: SedCommand[];
    try {
      commands = parseSed(source, options.has('E'));
    } catch (error) {
      if (error instanceof SedError) return yield* me.fail(error.text);
      throw error;
    }
    if (options.has('i')) return yield* editInPlace(me, { names, source, options });
    const editor = new Editor(me, commands, options.has('n'));
    return yield* editor.run(names.length > 0 ? names : ['-']);
  },
};

function* editInPlace(
  me: Process,
  { names, source, options }: { names: readonly string[]; source: string; options: Options },
): Proc<number> {
  let status = 0;
  for (const name of names) {
    const path = me.path(name);
    if (me.os.files.state(path) === null) {
      status = yield* me.fail(`can't read ${name}: No such file or directory`, 2);
      continue;
    }
    const editor = new Editor(me, parseSed(source, options.has('E')), options.has('n'));
    const parts: string[] = [];
    editor.output = function* (text) {
      parts.push(text);
    };
    status = Math.max(status, yield* editor.run([name]));
    const before = me.os.files.read(path)!;
    const suffix = options.value('i')!;
    if (suffix !== '') me.os.files.write(path + suffix, before);
    me.os.files.write(path, ascii.encode(parts.join('')));
  }
  return status;
}

const stepsMax = 1_000_000;
const spaceCharsMax = 4_194_304;

/** One pass over all files. */
class Editor {
  readonly #me: Process;
  readonly #commands: readonly SedCommand[];
  readonly #quiet: boolean;
  output: (text: string) => Proc<void>;
  #space = '';
  #held = '';
  #line = 0;
  #lastRegex: Regex | null = null;
  #queue: string[] = []; // of a and r, for the end of the cycle
  #out = '';
  #substituted = false;
  #status: number | null = null;
  #names: readonly string[] = [];
  #lines: string[] = [];
  #next = 0;
  #batches: LineBatches | null = null;
  #failed = 0;
  #unterminated = false;

  constructor(me: Process, commands: readonly SedCommand[], quiet: boolean) {
    this.#me = me;
    this.#commands = commands;
    this.#quiet = quiet;
    this.output = (text) => me.print(text);
  }

  *run(names: readonly string[]): Proc<number> {
    this.#names = [...names];
    let kept = false; // D starts again without reading
    while (this.#status === null) {
      if (!kept && !(yield* this.#read(false))) break;
      kept = yield* this.#cycle();
      if (this.#next >= this.#lines.length || this.#out.length > 65_536) yield* this.#flush();
    }
    yield* this.#flush();
    return this.#status ?? this.#failed;
  }

  *#flush(): Proc<void> {
    const out = this.#out;
    this.#out = '';
    if (out !== '') yield* this.output(out);
  }

  /** The next line into the pattern space. */
  *#read(append: boolean): Proc<boolean> {
    while (this.#next >= this.#lines.length) if (!(yield* this.#fill())) return false;
    const line = this.#lines[this.#next++]!;
    if (append && this.#space.length > spaceCharsMax) return false;
    this.#space = append ? `${this.#space}\n${line}` : line;
    this.#line++;
    this.#unterminated = this.#batches?.terminated === false && this.#next === this.#lines.length;
    return true;
  }
  *#fill(): Proc<boolean> {
    if (this.#out !== '') yield* this.#flush();
    for (;;) {
      if (this.#batches === null) {
        const [name, ...rest] = this.#names;
        if (name === undefined) return false;
        this.#names = rest;
        const stream: Stream | null = yield* this.#open(name);
        if (stream === null) continue;
        this.#batches = new LineBatches(this.#me, stream);
      }
      const lines = yield* this.#batches.next();
      if (lines === null) this.#batches = null;
      else {
        this.#lines = lines;
        this.#next = 0;
        return true;
      }
    }
  }
  *#open(name: string): Proc<Stream | null> {
    if (name === '-') return this.#me.input;
    const path = this.#me.path(name);
    const state = this.#me.os.files.state(path);
    if (state !== null) return new FileReader(path, state);
    this.#failed = yield* this.#me.fail(`can't read ${name}: No such file or directory`, 2);
    return null;
  }
  *#isLast(): Proc<boolean> {
    while (this.#next >= this.#lines.length) if (!(yield* this.#fill())) return true;
    return false;
  }

  /** The script over the pattern space. @returns whether the next cycle begins without reading */
  *#cycle(): Proc<boolean> {
    this.#substituted = false;
    let at = 0;
    for (let steps = 0; at < this.#commands.length; steps++) {
      if (steps % 1000 === 999) yield* this.#me.cpu.use(100);
      if (steps > stepsMax) {
        this.#status = yield* this.#me.fail('endless loop in the script', 4);
        return false;
      }
      const command = this.#commands[at]!;
      if (
        command.letter !== '}' &&
        command.letter !== ':' &&
        (yield* this.#selects(command)) === command.negated
      ) {
        at = command.letter === '{' ? command.target + 1 : at + 1;
        continue;
      }
      const next = yield* this.#do(command);
      if (next === 'delete') {
        this.#endCycle(false);
        return false;
      }
      if (next === 'again') {
        this.#endCycle(false);
        return true;
      }
      if (next === 'end') break;
      at = next === 'jump' ? command.target : at + 1;
    }
    this.#endCycle(!this.#quiet);
    return false;
  }
  #endCycle(prints: boolean): void {
    if (prints) this.#out += this.#space + (this.#unterminated && this.#queue.length === 0 ? '' : '\n');
    for (const text of this.#queue) this.#out += text;
    this.#queue = [];
  }

  *#do(command: SedCommand): Proc<'next' | 'jump' | 'delete' | 'again' | 'end'> {
    switch (command.letter) {
      case 's':
        this.#substitute(command.substitution!);
        return 'next';
      case 'y':
        this.#space = [...this.#space].map((c) => command.table!.get(c) ?? c).join('');
        return 'next';
      case 'd':
        return 'delete';
      case 'D': {
        const end = this.#space.indexOf('\n');
        if (end < 0) return 'delete';
        this.#space = this.#space.slice(end + 1);
        return 'again';
      }
      case 'n':
        if (yield* this.#isLast()) return this.#ends();
        if (!this.#quiet) this.#out += `${this.#space}\n`;
        yield* this.#read(false);
        return 'next';
      case 'N':
        if (yield* this.#isLast()) return this.#ends();
        yield* this.#read(true);
        return 'next';
      case 'c':
        if (command.to === null || command.negated || !command.range.inside) this.#out += command.text;
        return 'delete';
      case 'b':
        return 'jump';
      case 't':
      case 'T': {
        const jumps = this.#substituted === (command.letter === 't');
        this.#substituted = false;
        return jumps ? 'jump' : 'next';
      }
      case 'q':
      case 'Q':
        this.#status = Number(command.text || '0');
        if (command.letter === 'Q') return 'delete';
        return 'end';
      default:
        this.#hold(command);
        return 'next';
    }
  }
  // GNU prints the pattern space when there is no next line.
  #ends(): 'end' {
    this.#status = this.#failed;
    return 'end';
  }

  #hold(command: SedCommand): void {
    switch (command.letter) {
      case 'p':
        this.#out += `${this.#space}\n`;
        return;
      case 'P':
        this.#out += `${this.#space.split('\n')[0]!}\n`;
        return;
      case 'g':
        this.#space = this.#held;
        return;
      case 'G':
        this.#space = `${this.#space}\n${this.#held}`.slice(0, spaceCharsMax);
        return;
      case 'h':
        this.#held = this.#space;
        return;
      case 'H':
        this.#held = `${this.#held}\n${this.#space}`.slice(0, spaceCharsMax);
        return;
      case 'x':
        [this.#space, this.#held] = [this.#held, this.#space];
        return;
      case '=':
        this.#out += `${this.#line}\n`;
        return;
      case 'i':
        this.#out += command.text;
        return;
      case 'a':
        this.#queue.push(command.text);
        return;
      case 'r': {
        const bytes = this.#me.os.files.read(this.#me.path(command.text));
        if (bytes !== null) this.#queue.push(ascii.decode(bytes));
        return;
      }
      case 'l':
        this.#out += `${this.#space.replace(/[\\\n\t]/g, escaped)}$\n`;
    }
  }

  *#selects(command: SedCommand): Proc<boolean> {
    const { from, to, range } = command;
    if (from === null) return true;
    if (to === null) return yield* this.#matches(from);
    if (range.inside) {
      if (to.kind === 'line' || to.kind === 'more') {
        range.inside = this.#line < range.until;
        return this.#line <= range.until;
      }
      range.inside = !(yield* this.#matches(to));
      return true;
    }
    if (!(yield* this.#matches(from))) return false;
    range.until = to.kind === 'line' ? to.line : to.kind === 'more' ? this.#line + to.lines : Infinity;
    range.inside = this.#line < range.until;
    return true;
  }
  *#matches(address: Address): Proc<boolean> {
    switch (address.kind) {
      case 'line':
        return this.#line === address.line;
      case 'last':
        return yield* this.#isLast();
      case 'step':
        return address.step === 0
          ? this.#line === address.first
          : this.#line >= address.first && (this.#line - address.first) % address.step === 0;
      case 'regex':
        return this.#regexOf(address.regex)?.test(this.#space) ?? false;
      case 'more':
        return false;
    }
  }
  #regexOf(regex: Regex | null): Regex | null {
    if (regex !== null) this.#lastRegex = regex;
    return this.#lastRegex;
  }

  #substitute(how: Substitution): void {
    const regex = this.#regexOf(how.regex);
    const result = regex === null ? null : substituted(this.#space, regex, how);
    if (result === null) return;
    this.#space = result.slice(0, spaceCharsMax);
    this.#substituted = true;
    if (how.print) this.#out += `${this.#space}\n`;
  }
}

function escaped(c: string): string {
  return { '\n': '\\n', '\t': '\\t' }[c] ?? '\\\\';
}
