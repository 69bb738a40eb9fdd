/**
 * syntax — reads regular expressions, basic and extended, as GNU tools take them
 *
 * SIMPLIFIED: no back-references (\1 in a pattern), which no engine matches in linear time; one character is
 * one byte, as in the C locale.
 *
 * STANDARDS  POSIX.1-2017, XBD chapter 9
 * ERRORS     RegexError, in the words of regerror(3)
 */
import { parseSet } from '../../shell/glob.ts';

/** A pattern that cannot be read. */
export class RegexError {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Assertion = 'start' | 'end' | 'word-start' | 'word-end' | 'boundary' | 'no-boundary';
export type Node =
  | { kind: 'empty' }
  /** 256 flags: which bytes it takes */
  | { kind: 'set'; bytes: Uint8Array }
  | { kind: 'sequence'; nodes: Node[] }
  | { kind: 'either'; nodes: Node[] }
  | { kind: 'repeat'; node: Node; min: number; max: number }
  | { kind: 'group'; node: Node; number: number }
  | { kind: 'assert'; what: Assertion };

export interface Dialect {
  /** egrep, awk, sed -E; else basic */
  readonly extended: boolean;
  readonly ignoreCase: boolean;
  /** \n and \t are control characters (sed, awk) */
  readonly escapes?: boolean;
  /** \d and (?:…) too (grep -P) */
  readonly perl?: boolean;
}

const depthMax = 60;
const repeatMax = 1000;
const patternCharsMax = 20_000;

/** The pattern as a tree. @throws RegexError */
export function parseRegex(source: string, dialect: Dialect): { node: Node; groups: number } {
  if (source.length > patternCharsMax) throw new RegexError('Regular expression too big');
  const parser = new RegexParser(source, dialect);
  return { node: parser.all(), groups: parser.groups };
}

class RegexParser {
  readonly #source: string;
  readonly #dialect: Dialect;
  #at = 0;
  #depth = 0;
  groups = 0;

  constructor(source: string, dialect: Dialect) {
    this.#source = source;
    this.#dialect = dialect;
  }

  all(): Node {
    const node = this.#either();
    if (this.#at < this.#source.length)
      throw new RegexError(this.#dialect.extended ? 'Unmatched ) or \\)' : 'Unmatched ) or \\)');
    return node;
  }

  #either(): Node {
    if (++this.#depth > depthMax) throw new RegexError('Regular expression too big');
    const nodes = [this.#sequence()];
    while (this.#takeSpecial('|')) nodes.push(this.#sequence());
    this.#depth--;
    return nodes.length === 1 ? nodes[0]! : { kind: 'either', nodes };
  }

  #sequence(): Node {
    const nodes: Node[] = [];
    while (this.#at < this.#source.length && !this.#isSpecial('|') && !this.#isSpecial(')')) {
      if (this.#isSpecial(')') && this.#depth === 1) break;
      const node = this.#quantified(this.#atom(nodes.length === 0));
      nodes.push(node);
    }
    return nodes.length === 1 ? nodes[0]! : { kind: 'sequence', nodes };
  }

  #quantified(atom: Node): Node {
    let node = atom;
    for (let count = 0; count < 10; count++) {
      if (this.#source[this.#at] === '*') {
        this.#at++;
        node = { kind: 'repeat', node, min: 0, max: Infinity };
      } else if (this.#takeSpecial('+')) node = { kind: 'repeat', node, min: 1, max: Infinity };
      else if (this.#takeSpecial('?')) node = { kind: 'repeat', node, min: 0, max: 1 };
      else {
        const interval = this.#interval();
        if (interval === null) return node;
        node = { kind: 'repeat', node, ...interval };
      }
    }
    return node;
  }

  #interval(): { min: number; max: number } | null {
    if (!this.#isSpecial('{')) return null;
    const { extended } = this.#dialect;
    const pattern = extended ? /^\{(\d*)(,?)(\d*)\}/ : /^\\\{(\d*)(,?)(\d*)\\\}/;
    const match = pattern.exec(this.#source.slice(this.#at, this.#at + 20));
    if (match === null || (match[1] === '' && match[2] === '')) {
      if (extended) return null; // "{" stands for itself
      throw new RegexError(
        /\\\}/.test(this.#source.slice(this.#at)) ? 'Invalid content of \\{\\}' : 'Unmatched \\{',
      );
    }
    this.#at += match[0].length;
    const min = Number(match[1]);
    const max = match[2] === '' ? min : match[3] === '' ? Infinity : Number(match[3]);
    if (min > max) throw new RegexError('Invalid content of \\{\\}');
    if (min > repeatMax || (max !== Infinity && max > repeatMax))
      throw new RegexError('Regular expression too big');
    return { min, max };
  }

  #atom(isFirst: boolean): Node {
    const { extended } = this.#dialect;
    const c = this.#source[this.#at]!;
    if (this.#takeSpecial('(')) return this.#group();
    if (c === '^' && (extended || isFirst)) return this.#assert('start', 1);
    if (c === '$' && (extended || this.#endsHere(this.#at + 1))) return this.#assert('end', 1);
    if (c === '.') {
      this.#at++;
      return this.#set((code) => code !== 10 || true);
    }
    if (c === '[') return this.#bracket();
    if (extended && (c === '*' || c === '+' || c === '?') && isFirst) {
      this.#at++;
      return c === '*' ? { kind: 'empty' } : this.#literal(c);
    }
    if (c === '\\') return this.#escape();
    this.#at++;
    return this.#literal(c);
  }

  #endsHere(at: number): boolean {
    const rest = this.#source.slice(at, at + 2);
    return rest === '' || rest === '\\)' || rest === '\\|';
  }

  #group(): Node {
    if (this.#dialect.perl === true && this.#source.startsWith('?:', this.#at)) {
      this.#at += 2;
      const node = this.#either();
      if (!this.#takeSpecial(')')) throw new RegexError('missing closing parenthesis');
      return node;
    }
    const number = ++this.groups;
    const node = this.#either();
    if (!this.#takeSpecial(')')) throw new RegexError('Unmatched ( or \\(');
    return { kind: 'group', node, number };
  }

  #bracket(): Node {
    const set = parseSet(
      this.#source,
      this.#at,
      this.#dialect.escapes === true || this.#dialect.perl === true,
    );
    if (set === null) {
      if (/\[:\w+:\]/.test(this.#source.slice(this.#at)))
        throw new RegexError('Invalid character class name');
      throw new RegexError('Unmatched [, [^, [:, [., or [=');
    }
    const source = this.#source.slice(this.#at, set.end + 1);
    this.#at = set.end + 1;
    if (this.#dialect.escapes === true && /\\[nt]/.test(source)) {
      const again = parseSet(source.replace(/\\n/g, '\n').replace(/\\t/g, '\t'), 0)!;
      return this.#set((code) => again.has(String.fromCharCode(code)));
    }
    return this.#set((code) => set.has(String.fromCharCode(code)));
  }

  #escape(): Node {
    const c = this.#source[this.#at + 1];
    if (c === undefined) throw new RegexError('Trailing backslash');
    this.#at += 2;
    switch (c) {
      case 'w':
        return this.#set(isWordByte);
      case 'W':
        return this.#set((code) => !isWordByte(code));
      case 's':
        return this.#set(isSpaceByte);
      case 'S':
        return this.#set((code) => !isSpaceByte(code));
      case 'b':
        return this.#assert('boundary', 0);
      case 'B':
        return this.#assert('no-boundary', 0);
      case '<':
        return this.#assert('word-start', 0);
      case '>':
        return this.#assert('word-end', 0);
      case '`':
        return this.#assert('start', 0);
      case "'":
        return this.#assert('end', 0);
      default:
        return this.#otherEscape(c);
    }
  }

  #otherEscape(c: string): Node {
    const { escapes, perl } = this.#dialect;
    if (perl === true && c === 'd') return this.#set((code) => code >= 48 && code <= 57);
    if (perl === true && c === 'D') return this.#set((code) => code < 48 || code > 57);
    if ((escapes === true || perl === true) && c === 'n') return this.#literal('\n');
    if ((escapes === true || perl === true) && c === 't') return this.#literal('\t');
    if (/[1-9]/.test(c)) throw new RegexError(`this simulator has no back-references (\\${c} in a pattern)`);
    return this.#literal(c);
  }

  #literal(c: string): Node {
    return this.#set((code) => code === c.charCodeAt(0));
  }
  #assert(what: Assertion, length: number): Node {
    this.#at += length;
    return { kind: 'assert', what };
  }

  #set(has: (code: number) => boolean): Node {
    const bytes = new Uint8Array(256);
    for (let code = 0; code < 256; code++) bytes[code] = has(code) ? 1 : 0;
    if (this.#dialect.ignoreCase)
      for (let upper = 65; upper <= 90; upper++) {
        const either = bytes[upper]! | bytes[upper + 32]!;
        bytes[upper] = either;
        bytes[upper + 32] = either;
      }
    return { kind: 'set', bytes };
  }

  // "|" or "\|", and so on: which of the two is special is the difference of the dialects.
  #isSpecial(c: string): boolean {
    if (this.#dialect.extended) return this.#source[this.#at] === c;
    return this.#source[this.#at] === '\\' && this.#source[this.#at + 1] === c;
  }
  #takeSpecial(c: string): boolean {
    if (!this.#isSpecial(c)) return false;
    this.#at += this.#dialect.extended ? 1 : 2;
    return true;
  }
}

/** Letters, digits and "_". */
export function isWordByte(code: number): boolean {
  return (
    (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122)
  );
}
function isSpaceByte(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}
