/**
 * lexer — cuts a command line into words, operators and line ends, and reads here-documents
 *
 * Words come with their parts: what is quoted, expanded, substituted. What stands in $( … ) is read by the
 * parser, which the lexer is given.
 *
 * ERRORS  ShellSyntaxError, with `incomplete` when more input could make it right
 */
import type { List, Part, Redirection, Word } from './ast.ts';

/** What bash says to a line it cannot read. */
export class ShellSyntaxError {
  /** where it was found */
  line = 1;
  readonly text: string;
  /** more lines could make it right */
  readonly incomplete: boolean;

  constructor(text: string, incomplete = false) {
    this.text = text;
    this.incomplete = incomplete;
  }
}

export type Token =
  | { kind: 'word'; word: Word; raw: string; at: number }
  | { kind: 'operator'; raw: string; at: number }
  /** a number right before < or > */
  | { kind: 'descriptor'; raw: string; at: number }
  | { kind: 'newline'; raw: string; at: number }
  | { kind: 'end'; raw: string; at: number };

/** Reads a list of commands up to ")" and says where it ended. */
export type ParseNested = (lexer: Lexer) => List;

const operators = Object.freeze([
  ';;&', '&>>', '<<<', '<<-', '&&', '||', ';;', ';&', '|&', '<<', '>>', '>&', '<&', '&>', '>|', '<>',
  '&', '|', ';', '<', '>', '(', ')',
]); // prettier-ignore
const endsWord = /[\s|&;<>()]/;
const nestingMax = 60;

interface PendingDocument {
  redirection: Redirection;
  delimiter: string;
  quoted: boolean;
  stripTabs: boolean;
}

/** Reads tokens one after the other. */
export class Lexer {
  readonly text: string;
  at = 0;
  line = 1;
  depth = 0;
  readonly #parseNested: ParseNested;
  #documents: PendingDocument[] = [];

  constructor(text: string, parseNested: ParseNested) {
    this.text = text;
    this.#parseNested = parseNested;
  }

  /** A here-document begins after this line. */
  expectDocument(redirection: Redirection, raw: string, stripTabs: boolean): void {
    const quoted = /["'\\]/.test(raw);
    const delimiter = raw.replace(/\\(.)|["']/g, '$1');
    this.#documents.push({ redirection, delimiter, quoted, stripTabs });
  }

  next(): Token {
    this.#skipBlanks();
    const at = this.at;
    if (at >= this.text.length) {
      if (this.#documents.length > 0) this.#readDocuments();
      return { kind: 'end', raw: '', at };
    }
    if (this.text[at] === '\n') {
      this.at++;
      this.line++;
      this.#readDocuments();
      return { kind: 'newline', raw: 'newline', at };
    }
    const operator = operators.find((candidate) => this.text.startsWith(candidate, at));
    if (operator !== undefined) {
      this.at += operator.length;
      return { kind: 'operator', raw: operator, at };
    }
    const digits = /^\d{1,4}(?=[<>])/.exec(this.text.slice(at, at + 6));
    if (digits !== null) {
      this.at += digits[0].length;
      return { kind: 'descriptor', raw: digits[0], at };
    }
    const word = this.#readWord(endsWord);
    return { kind: 'word', word, raw: this.text.slice(at, this.at), at };
  }

  #skipBlanks(): void {
    for (;;) {
      const c = this.text[this.at];
      if (c === ' ' || c === '\t' || c === '\r') this.at++;
      else if (c === '\\' && this.text[this.at + 1] === '\n') this.at += 2;
      else if (c === '#') {
        const end = this.text.indexOf('\n', this.at);
        this.at = end < 0 ? this.text.length : end;
      } else return;
    }
  }

  // An unquoted word up to what ends it.
  #readWord(end: RegExp): Word {
    const parts: Part[] = [];
    const start = this.at;
    while (this.at < this.text.length && !end.test(this.text[this.at]!)) {
      if (
        this.text[this.at] === '~' &&
        this.at === start &&
        /^~(?:\/|\s|$|[;&|)])/.test(this.text.slice(this.at, this.at + 2))
      ) {
        parts.push({ kind: 'tilde' });
        this.at++;
      } else this.#readPart(parts, false);
    }
    return parts;
  }

  #readPart(parts: Part[], inDouble: boolean): void {
    const c = this.text[this.at]!;
    if (c === '\\') return this.#readEscape(parts, inDouble);
    if (c === '$') return this.#readDollar(parts, inDouble);
    if (c === '`') return this.#readBackticks(parts, inDouble);
    if (c === "'" && !inDouble) {
      const end = this.text.indexOf("'", this.at + 1);
      if (end < 0) throw this.unmatched("'");
      addText(parts, this.text.slice(this.at + 1, end), true);
      this.at = end + 1;
      return;
    }
    if (c === '"' && !inDouble) {
      this.at++;
      this.#readDouble(parts);
      return;
    }
    addText(parts, c, inDouble);
    this.at++;
  }

  #readDouble(parts: Part[]): void {
    addText(parts, '', true);
    while (this.text[this.at] !== '"') {
      if (this.at >= this.text.length) throw this.unmatched('"');
      this.#readPart(parts, true);
    }
    this.at++;
  }

  #readEscape(parts: Part[], inDouble: boolean): void {
    const next = this.text[this.at + 1];
    if (next === undefined) {
      if (!inDouble) throw new ShellSyntaxError('syntax error: unexpected end of file', true);
      throw this.unmatched('"');
    }
    this.at += 2;
    if (next === '\n') return;
    if (inDouble && !'$`"\\'.includes(next)) addText(parts, `\\${next}`, true);
    else addText(parts, next, true);
  }

  #readBackticks(parts: Part[], quoted: boolean): void {
    let end = this.at + 1;
    while (end < this.text.length && this.text[end] !== '`') end += this.text[end] === '\\' ? 2 : 1;
    if (end >= this.text.length) throw this.unmatched('`');
    const source = this.text.slice(this.at + 1, end).replace(/\\([$`\\])/g, '$1');
    this.at = end + 1;
    parts.push({ kind: 'command', list: this.#nested(new Lexer(source, this.#parseNested)), quoted });
  }

  #readDollar(parts: Part[], quoted: boolean): void {
    const rest = this.text.slice(this.at + 1, this.at + 80);
    if (rest.startsWith('((')) {
      const from = this.at;
      this.at += 3;
      const source = this.#readArithmetic();
      if (source !== null) {
        parts.push({ kind: 'arithmetic', source, quoted });
        return;
      }
      this.at = from;
    }
    if (rest.startsWith('(')) {
      this.at += 2;
      parts.push({ kind: 'command', list: this.#nested(this), quoted });
      return;
    }
    if (rest.startsWith('{')) {
      this.at += 2;
      parts.push(this.#readBraces(quoted));
      return;
    }
    if (rest.startsWith("'") && !quoted) {
      this.at++;
      this.#readAnsi(parts);
      return;
    }
    const name = /^(?:[A-Za-z_]\w*|[0-9?#$!@*-])/.exec(rest)?.[0];
    if (name === undefined) addText(parts, '$', quoted);
    else parts.push({ kind: 'variable', name, operator: '', word: [], replacement: [], quoted });
    this.at += 1 + (name?.length ?? 0);
  }

  // $'…' with the escapes of C.
  #readAnsi(parts: Part[]): void {
    let end = this.at + 1;
    while (end < this.text.length && this.text[end] !== "'") end += this.text[end] === '\\' ? 2 : 1;
    if (end >= this.text.length) throw this.unmatched("'");
    addText(parts, unescapeC(this.text.slice(this.at + 1, end)), true);
    this.at = end + 1;
  }

  #readBraces(quoted: boolean): Part {
    const [length] = /^#(?=[A-Za-z_0-9@*])/.exec(this.text.slice(this.at, this.at + 2)) ?? [''];
    this.at += length.length;
    const name = /^(?:[A-Za-z_]\w*|\d+|[?#$!@*-])/.exec(this.text.slice(this.at, this.at + 200))?.[0];
    if (name === undefined) throw this.#badSubstitution();
    this.at += name.length;
    const variable = { kind: 'variable', name, quoted, replacement: [] as Word } as const;
    if (length !== '') {
      if (this.text[this.at++] !== '}') throw this.#badSubstitution();
      return { ...variable, operator: 'length', word: [] };
    }
    const operator = /^(?:\}|:?[-=+?]|##?|%%?|\/\/|\/[#%]?|:|\^\^?|,,?)/.exec(
      this.text.slice(this.at, this.at + 2),
    )?.[0];
    if (operator === undefined) {
      if (this.at >= this.text.length) throw this.unmatched('}');
      throw this.#badSubstitution();
    }
    this.at += operator.length;
    if (operator === '}') return { ...variable, operator: '', word: [] };
    const word = this.#readBraceWord(quoted, operator.startsWith('/') ? '/' : '}');
    if (this.text[this.at] !== '/') {
      this.at++;
      return { ...variable, operator, word };
    }
    this.at++;
    const replacement = this.#readBraceWord(quoted, '}');
    this.at++;
    return { ...variable, operator, word, replacement };
  }

  #readBraceWord(quoted: boolean, or: string): Word {
    const parts: Part[] = [];
    while (this.text[this.at] !== '}' && this.text[this.at] !== or) {
      if (this.at >= this.text.length) throw this.unmatched('}');
      if (this.text[this.at] === '"' && quoted) {
        this.at++; // as bash has it: quotes inside quotes
        this.#readDouble(parts);
      } else this.#readPart(parts, false);
    }
    return parts;
  }

  /** Up to "))"; null when it is no arithmetic but a subshell in a substitution. */
  #readArithmetic(): Word | null {
    const parts: Part[] = [];
    for (let depth = 0; ;) {
      const c = this.text[this.at];
      if (c === undefined) throw this.unmatched(')');
      if (c === ')' && depth === 0) {
        if (this.text[this.at + 1] !== ')') return null;
        this.at += 2;
        return parts;
      }
      if (c === '(') depth++;
      if (c === ')') depth--;
      this.#readPart(parts, true);
    }
  }
  /** What stands in (( … )); the lexer is behind the first "((". */
  arithmetic(): Word | null {
    return this.#readArithmetic();
  }
  /** An arithmetic word of for (( a; b; c )), up to ";" or ")". */
  arithmeticUntil(end: RegExp): Word {
    const parts: Part[] = [];
    for (let depth = 0; this.at < this.text.length;) {
      const c = this.text[this.at]!;
      if (depth === 0 && end.test(c)) return parts;
      if (c === '(') depth++;
      if (c === ')') depth--;
      this.#readPart(parts, true);
    }
    throw this.unmatched(')');
  }

  #nested(lexer: Lexer): List {
    if (this.depth >= nestingMax) throw new ShellSyntaxError('syntax error: nested too deeply');
    const depth = lexer.depth;
    lexer.depth = this.depth + 1;
    const list = this.#parseNested(lexer);
    lexer.depth = depth;
    return list;
  }

  #readDocuments(): void {
    for (const { redirection, delimiter, quoted, stripTabs } of this.#documents.splice(0)) {
      const lines: string[] = [];
      for (;;) {
        if (this.at >= this.text.length)
          throw new ShellSyntaxError('syntax error: unexpected end of file', true);
        const found = this.text.indexOf('\n', this.at);
        const end = found < 0 ? this.text.length : found;
        let line = this.text.slice(this.at, end);
        this.at = end + 1;
        this.line++;
        if (stripTabs) line = line.replace(/^\t+/, '');
        if (line === delimiter) break;
        lines.push(`${line}\n`);
      }
      const text = lines.join('');
      redirection.target = quoted ? [{ kind: 'text', text, quoted: true }] : this.#documentWord(text);
    }
  }

  #documentWord(text: string): Word {
    const lexer = new Lexer(text, this.#parseNested);
    lexer.depth = this.depth;
    const parts: Part[] = [];
    while (lexer.at < text.length) {
      if (text[lexer.at] === '"') {
        addText(parts, '"', true);
        lexer.at++;
      } else lexer.#readPart(parts, true);
    }
    return parts;
  }

  unmatched(what: string): ShellSyntaxError {
    return new ShellSyntaxError(`unexpected EOF while looking for matching \`${what}'`, true);
  }
  #badSubstitution(): ShellSyntaxError {
    return new ShellSyntaxError('bad substitution');
  }
}

function addText(parts: Part[], text: string, quoted: boolean): void {
  const last = parts.at(-1);
  if (last?.kind === 'text' && last.quoted === quoted) last.text += text;
  else parts.push({ kind: 'text', text, quoted });
}

const controls: Readonly<Record<string, string>> = Object.freeze({
  a: '\x07', b: '\b', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v',
}); // prettier-ignore

/** The escapes of C, as in $'…' and printf; octal as \nnn, for echo -e and %b as \0nnn. */
export function unescapeC(text: string, zero = false): string {
  return text.replace(
    zero
      ? /\\(?:0([0-7]{0,3})|x([0-9A-Fa-f]{1,2})|([\s\S]))/g
      : /\\(?:0?([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|([\s\S]))/g,
    (all, octal?: string, hex?: string, letter?: string) => {
      if (octal !== undefined) return String.fromCharCode(parseInt(octal || '0', 8) & 0xff);
      if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
      return controls[letter!] ?? ('\\\'"?'.includes(letter!) ? letter! : all);
    },
  );
}
