/**
 * scan — cuts an awk program into tokens
 */
import { AwkError } from './tree.ts';

const operators =
  /^(?:\*\*=|\+=|-=|\*=|\/=|%=|\^=|==|<=|>=|!=|\+\+|--|&&|\|\||>>|\*\*|[-+*/%^!<>|?:~$=,;{}()[\]\n])/;
export interface Token {
  kind: 'number' | 'string' | 'regex' | 'name' | 'call' | 'operator' | 'end';
  text: string;
}

/** Reads tokens one after the other. */
export class Scanner {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** What comes next, unread. */
  get rest(): string {
    return this.#source.slice(this.#at);
  }
  skip(length: number): void {
    this.#at += length;
  }

  next(): Token {
    const skipped = /^(?:[ \t\r]|\\\n|#[^\n]*)*/.exec(this.#source.slice(this.#at))![0];
    this.#at += skipped.length;
    const rest = this.#source.slice(this.#at);
    if (rest === '') return { kind: 'end', text: '' };
    const found = (kind: Token['kind'], text: string): Token => {
      this.#at += text.length;
      return { kind, text };
    };
    const number = /^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(rest);
    if (number !== null) return found('number', number[0]);
    const name = /^[A-Za-z_]\w*/.exec(rest);
    if (name !== null)
      return found(
        rest[name[0].length] === '(' && !/^(if|while|for|print|printf|return|in|exit)$/.test(name[0])
          ? 'call'
          : 'name',
        name[0],
      );
    if (rest[0] === '"') return this.#scanString();
    const operator = operators.exec(rest);
    if (operator === null) throw new AwkError(`unexpected character '${rest[0]!}'`);
    return found('operator', operator[0]);
  }
  #scanString(): Token {
    const match = /^"((?:[^"\\\n]|\\[\s\S])*)"/.exec(this.#source.slice(this.#at));
    if (match === null) throw new AwkError('runaway string constant');
    this.#at += match[0].length;
    const text = match[1]!.replace(
      /\\([\s\S])/g,
      (all, c: string) =>
        ({ n: '\n', t: '\t', '\\': '\\', '"': '"', '/': '/', r: '\r', a: '\x07' })[c] ?? all,
    );
    return { kind: 'string', text };
  }
  regex(): Token {
    const match = /^\/((?:[^/\\\n[]|\\.|\[\^?\]?[^\]\n]*\])*)\//.exec(this.#source.slice(this.#at));
    if (match === null) throw new AwkError('runaway regular expression');
    this.#at += match[0].length;
    return { kind: 'regex', text: match[1]!.replaceAll('\\/', '/') };
  }
}
