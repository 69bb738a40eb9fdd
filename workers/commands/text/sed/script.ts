/**
 * script — a sed script as a list of commands
 *
 * There are s y d p P n N D g G h H x i a c q Q = b t T : { } r w(no) with addresses N, $, N~M, /re/, \cREc,
 * ranges, +N and !.
 *
 * ERRORS  SedError, in GNU sed's words
 */
import { compileRegex, RegexError, type Regex } from '../regex/regex.ts';

/** A script that cannot be read. */
export class SedError {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Address =
  | { kind: 'line'; line: number }
  | { kind: 'last' }
  | { kind: 'step'; first: number; step: number }
  | { kind: 'regex'; regex: Regex | null }
  /** +N after the first */
  | { kind: 'more'; lines: number };

export interface SedCommand {
  readonly letter: string;
  readonly from: Address | null;
  readonly to: Address | null;
  readonly negated: boolean;
  /** of i, a, c, r and the names of labels */
  readonly text: string;
  readonly substitution: Substitution | null;
  /** of y */
  readonly table: ReadonlyMap<string, string> | null;
  /** where "{" ends and where a label leads: filled in when all is read */
  target: number;
  /** a range: whether the lines are in it, and to which line */
  range: { inside: boolean; until: number };
}

export interface Substitution {
  /** null = the regular expression used last */
  readonly regex: Regex | null;
  readonly replacement: readonly (string | number | Case)[];
  readonly global: boolean;
  readonly print: boolean;
  /** the how manieth match */
  readonly number: number;
}
/** \U, \L, \u, \l, \E in a replacement */
export interface Case {
  readonly letter: string;
}

const commandsMax = 2000;

/** @throws SedError */
export function parseSed(source: string, extended: boolean): SedCommand[] {
  return new SedParser(source, extended).all();
}

class SedParser {
  readonly #source: string;
  readonly #extended: boolean;
  #at = 0;
  readonly #commands: SedCommand[] = [];
  readonly #open: number[] = [];

  constructor(source: string, extended: boolean) {
    this.#source = source;
    this.#extended = extended;
  }

  all(): SedCommand[] {
    for (;;) {
      while (/[\s;]/.test(this.#source[this.#at] ?? '')) this.#at++;
      if (this.#at >= this.#source.length) break;
      if (this.#source[this.#at] === '#') this.#restOfLine();
      else this.#command();
      if (this.#commands.length > commandsMax) throw this.#wrong('script too long');
    }
    if (this.#open.length > 0) throw new SedError("-e expression #1, char 0: unmatched `{'");
    for (const command of this.#commands)
      if ('btT'.includes(command.letter)) {
        const label = this.#commands.findIndex((one) => one.letter === ':' && one.text === command.text);
        if (label < 0 && command.text !== '')
          throw new SedError(
            `-e expression #1, char ${this.#at}: can't find label for jump to \`${command.text}'`,
          );
        command.target = command.text === '' ? this.#commands.length : label;
      }
    return this.#commands;
  }

  #command(): void {
    const from = this.#address();
    let to: Address | null = null;
    this.#blanks();
    if (from !== null && this.#source[this.#at] === ',') {
      this.#at++;
      this.#blanks();
      to = this.#address(true);
      if (to === null) throw this.#wrong("unexpected `,'");
    }
    this.#blanks();
    let negated = false;
    while (this.#source[this.#at] === '!') {
      negated = true;
      this.#at++;
      this.#blanks();
    }
    const letter = this.#source[this.#at++];
    if (letter === undefined) throw this.#wrong('missing command');
    const command: SedCommand = {
      letter, from, to, negated, target: -1, range: { inside: false, until: 0 }, ...this.#arguments(letter),
    }; // prettier-ignore
    if (letter === '{') this.#open.push(this.#commands.length);
    if (letter === '}') {
      const open = this.#open.pop();
      if (open === undefined) throw this.#wrong("unexpected `}'");
      this.#commands[open]!.target = this.#commands.length;
    }
    this.#commands.push(command);
  }

  #arguments(letter: string): Pick<SedCommand, 'text' | 'substitution' | 'table'> {
    const none = { text: '', substitution: null, table: null };
    if (letter === '{' || letter === '}') return none;
    if (letter === 's') return { ...none, substitution: this.#substitution() };
    if (letter === 'y') return { ...none, table: this.#table() };
    if ('iac'.includes(letter)) return { ...none, text: this.#textArgument() };
    if (letter === 'r') return { ...none, text: this.#restOfLine().trim() };
    if (':btT'.includes(letter)) {
      this.#blanks();
      const [label] = /^[^\s;}]*/.exec(this.#source.slice(this.#at))!;
      this.#at += label.length;
      return { ...none, text: label };
    }
    if (letter === 'q' || letter === 'Q') {
      this.#blanks();
      const [status] = /^\d*/.exec(this.#source.slice(this.#at))!;
      this.#at += status.length;
      this.#end();
      return { ...none, text: status };
    }
    if (!'dpPnNDgGhHxl='.includes(letter)) {
      if ('wWeFvzR'.includes(letter))
        throw this.#wrong(`the real tool has the command "${letter}"; this simulator doesn't yet`);
      throw this.#wrong(`unknown command: \`${letter}'`);
    }
    this.#end();
    return none;
  }

  #end(): void {
    this.#blanks();
    const c = this.#source[this.#at];
    if (c !== undefined && !/[;\n}#]/.test(c)) throw this.#wrong('extra characters after command');
  }

  #address(second = false): Address | null {
    const c = this.#source[this.#at];
    if (c === '$') {
      this.#at++;
      return { kind: 'last' };
    }
    const rest = this.#source.slice(this.#at, this.#at + 30);
    const more = second ? /^\+(\d+)/.exec(rest) : null;
    if (more !== null) {
      this.#at += more[0].length;
      return { kind: 'more', lines: Number(more[1]) };
    }
    const step = /^(\d+)~(\d+)/.exec(rest);
    if (step !== null) {
      this.#at += step[0].length;
      return { kind: 'step', first: Number(step[1]), step: Number(step[2]) };
    }
    const number = /^\d+/.exec(rest);
    if (number !== null) {
      this.#at += number[0].length;
      return { kind: 'line', line: Number(number[0]) };
    }
    if (c !== '/' && c !== '\\') return null;
    if (c === '\\') this.#at++;
    const delimiter = this.#source[this.#at++]!;
    const source = this.#upTo(delimiter, true, 'unterminated address regex');
    const ignoreCase = this.#source[this.#at] === 'I';
    if (ignoreCase) this.#at++;
    return { kind: 'regex', regex: this.#regex(source, ignoreCase) };
  }

  #substitution(): Substitution {
    const delimiter = this.#source[this.#at++];
    if (delimiter === undefined || delimiter === '\n') throw this.#wrong("unterminated `s' command");
    const pattern = this.#upTo(delimiter, true, "unterminated `s' command");
    const replacement = this.#upTo(delimiter, false, "unterminated `s' command");
    const [flags] = /^[gpIi\dmMew]*/.exec(this.#source.slice(this.#at))!;
    this.#at += flags.length;
    if (/[ew]/.test(flags))
      throw this.#wrong("the real tool has the flags e and w; this simulator doesn't yet");
    this.#end0();
    return {
      regex: this.#regex(pattern, /i/i.test(flags)),
      replacement: parseReplacement(replacement),
      global: flags.includes('g'),
      print: flags.includes('p'),
      number: Math.max(1, Number(/\d+/.exec(flags)?.[0] ?? '1')),
    };
  }
  #end0(): void {
    this.#blanks();
    const c = this.#source[this.#at];
    if (c !== undefined && !/[;\n}#]/.test(c)) {
      this.#at++;
      throw this.#wrong("unknown option to `s'");
    }
  }

  #table(): ReadonlyMap<string, string> {
    const delimiter = this.#source[this.#at++] ?? '/';
    const unescape = (text: string): string =>
      text.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c === 't' ? '\t' : c));
    const from = unescape(this.#upTo(delimiter, true, "unterminated `y' command"));
    const to = unescape(this.#upTo(delimiter, true, "unterminated `y' command"));
    if (from.length !== to.length) throw this.#wrong("strings for `y' command are different lengths");
    this.#end();
    return new Map([...from].map((c, i) => [c, to[i]!]));
  }

  // i\, a text on the next line, or GNU's text on the same.
  #textArgument(): string {
    this.#blanks();
    if (this.#source[this.#at] === '\\') {
      this.#at++;
      if (this.#source[this.#at] === '\n') this.#at++;
      else this.#blanks();
    }
    let text = '';
    while (this.#at < this.#source.length && this.#source[this.#at] !== '\n') {
      if (this.#source[this.#at] === '\\') this.#at++;
      text += this.#source[this.#at++] ?? '';
    }
    if (text === '') throw this.#wrong(`expected \\ after \`a', \`c' or \`i'`);
    return `${text}\n`;
  }

  /** Up to the delimiter; one that is escaped stands for itself. */
  #upTo(delimiter: string, inPattern: boolean, wrong: string): string {
    let text = '';
    let inSet = false;
    for (;;) {
      const c = this.#source[this.#at++];
      if (c === undefined || (c === '\n' && inPattern)) {
        this.#at--;
        throw this.#wrong(wrong);
      }
      if (c === '\\') {
        const next = this.#source[this.#at++] ?? '';
        text +=
          next === delimiter && !/[\\&]/.test(next)
            ? inPattern && /[.*[\]^$+?(){}|]/.test(next)
              ? `\\${next}`
              : next
            : `\\${next}`;
        continue;
      }
      if (inPattern && c === '[' && !inSet) {
        inSet = true;
        text += c;
        const [first] = /^\^?\]?/.exec(this.#source.slice(this.#at))!;
        text += first;
        this.#at += first.length;
        continue;
      }
      if (c === ']') inSet = false;
      if (c === delimiter && !inSet) return text;
      text += c;
    }
  }

  #regex(source: string, ignoreCase: boolean): Regex | null {
    if (source === '') return null;
    try {
      return compileRegex(source, { extended: this.#extended, ignoreCase, escapes: true });
    } catch (error) {
      if (error instanceof RegexError) throw this.#wrong(error.text);
      throw error;
    }
  }

  #blanks(): void {
    while (this.#source[this.#at] === ' ' || this.#source[this.#at] === '\t') this.#at++;
  }
  #restOfLine(): string {
    const end = this.#source.indexOf('\n', this.#at);
    const text = this.#source.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#source.length : end;
    return text;
  }
  #wrong(text: string): SedError {
    return new SedError(`-e expression #1, char ${this.#at}: ${text}`);
  }
}

function parseReplacement(source: string): (string | number | Case)[] {
  const parts: (string | number | Case)[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') parts.push(text);
    text = '';
  };
  for (let at = 0; at < source.length; at++) {
    const c = source[at]!;
    if (c === '&') {
      flush();
      parts.push(0);
    } else if (c !== '\\') text += c;
    else {
      const next = source[++at] ?? '';
      if (/\d/.test(next)) {
        flush();
        parts.push(Number(next));
      } else if (/[ULulE]/.test(next)) {
        flush();
        parts.push({ letter: next });
      } else text += next === 'n' ? '\n' : next === 't' ? '\t' : next;
    }
  }
  flush();
  return parts;
}
