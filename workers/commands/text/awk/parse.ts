/**
 * parse — an awk program as a tree
 *
 * SIMPLIFIED: no getline from commands, no output to pipes or commands, no printf to several places at once;
 * they are said to be missing.
 *
 * STANDARDS  POSIX.1-2017, awk(1)
 * ERRORS     AwkError
 */

import { Scanner, type Token } from './scan.ts';
import { AwkError, type AwkProgram, type Expr, type Rule, type Stmt } from './tree.ts';

const depthMax = 100;
const builtinNames = new Set(
  'length substr index split sub gsub match sprintf tolower toupper int sqrt system close fflush'.split(' '),
);
Object.freeze(builtinNames);

/** @throws AwkError */
export function parseAwk(source: string): AwkProgram {
  return new AwkParser(source).program();
}

class AwkParser {
  readonly #scanner: Scanner;
  #token: Token;
  #depth = 0;
  /** ">" is a redirection, "in" belongs to for */
  #noGreater = false;
  #noIn = false;

  constructor(source: string) {
    this.#scanner = new Scanner(source);
    this.#token = this.#scanner.next();
  }

  program(): AwkProgram {
    const program: AwkProgram = { rules: [], functions: new Map() };
    for (;;) {
      this.#skipEnds();
      if (this.#token.kind === 'end') return program;
      if (this.#is('function') || this.#is('func')) this.#function(program);
      else program.rules.push(this.#rule());
    }
  }

  #function(program: AwkProgram): void {
    this.#next();
    const name = this.#take();
    this.#expect('(');
    const parameters: string[] = [];
    while (!this.#is(')')) {
      parameters.push(this.#take());
      if (this.#is(',')) this.#next();
    }
    this.#expect(')');
    this.#skipNewlines();
    program.functions.set(name, { parameters, body: this.#block() });
  }

  #rule(): Rule {
    let when: Rule['when'] = 'line';
    let from: Expr | null = null;
    let to: Expr | null = null;
    if (this.#is('BEGIN') || this.#is('END')) when = this.#take() as 'BEGIN' | 'END';
    else if (!this.#is('{')) {
      from = this.#expression();
      if (this.#is(',')) {
        this.#next();
        to = this.#expression();
      }
    }
    return { when, from, to, body: this.#is('{') ? this.#block() : null };
  }

  #block(): Stmt {
    this.#expect('{');
    const body: Stmt[] = [];
    for (;;) {
      this.#skipEnds();
      if (this.#token.kind === 'end') throw new AwkError('missing } near end of file');
      if (this.#is('}')) break;
      body.push(this.#statement());
    }
    this.#next();
    return { kind: 'block', body };
  }

  #statement(): Stmt {
    if (++this.#depth > depthMax) throw new AwkError('nested too deeply');
    const statement = this.#statementInside();
    this.#depth--;
    return statement;
  }
  #statementInside(): Stmt {
    if (this.#is('{')) return this.#block();
    switch (this.#token.kind === 'name' ? this.#token.text : '') {
      case 'if':
        return this.#if();
      case 'while': {
        this.#next();
        const test = this.#parenthesized();
        if (this.#is(';')) this.#next();
        return { kind: 'for', first: null, test, step: null, body: this.#body(), after: false };
      }
      case 'do': {
        this.#next();
        const body = this.#body();
        this.#skipEnds();
        this.#expect('while');
        return { kind: 'for', first: null, test: this.#parenthesized(), step: null, body, after: true };
      }
      case 'for':
        return this.#for();
      case 'next':
      case 'nextfile':
      case 'break':
      case 'continue':
      case 'exit':
      case 'return': {
        const what = this.#take() as 'next';
        return { kind: 'jump', what, value: this.#atEnd() ? null : this.#expression() };
      }
      default:
        return this.#simple();
    }
  }

  #simple(): Stmt {
    if (this.#is('delete')) {
      this.#next();
      const name = this.#take();
      return { kind: 'delete', name, keys: this.#is('[') ? this.#keys() : [] };
    }
    if (!this.#is('print') && !this.#is('printf')) return { kind: 'expression', value: this.#expression() };
    const format = this.#take() === 'printf';
    const before = this.#noGreater;
    this.#noGreater = true;
    let args: Expr[] = [];
    while (!this.#atEnd() && !this.#is('>') && !this.#is('>>') && !this.#is('|')) {
      args.push(this.#expression());
      if (!this.#is(',')) break;
      this.#next();
      this.#skipNewlines();
    }
    const [only] = args;
    if (args.length === 1 && only!.kind === 'call' && only!.name === '(') args = only!.args;
    let to = null;
    if (this.#is('|')) throw new AwkError("the real tool has print | command; this simulator doesn't yet");
    if (this.#is('>') || this.#is('>>')) to = { operator: this.#take(), file: this.#concatenation() };
    this.#noGreater = before;
    return { kind: 'print', args, format, to };
  }

  #if(): Stmt {
    this.#next();
    const test = this.#parenthesized();
    const then = this.#body();
    const before = this.#scanner.rest.length;
    const token = this.#token;
    this.#skipEnds();
    if (this.#is('else')) {
      this.#next();
      return { kind: 'if', test, then, otherwise: this.#body() };
    }
    this.#scanner.skip(this.#scanner.rest.length - before);
    this.#token = token;
    return { kind: 'if', test, then, otherwise: null };
  }

  #for(): Stmt {
    this.#next();
    this.#expect('(');
    const head = /^\s*(\w+)\s+in\s+(\w+)\s*\)/.exec(this.#token.text + this.#scanner.rest);
    if (this.#token.kind === 'name' && head !== null) {
      this.#scanner.skip(head[0].length - this.#token.text.length);
      this.#next();
      return { kind: 'for-in', name: head[1]!, array: head[2]!, body: this.#body() };
    }
    const first = this.#is(';') ? null : this.#simple();
    this.#expect(';');
    const test = this.#is(';') ? null : this.#expression();
    this.#expect(';');
    const step = this.#is(')') ? null : this.#simple();
    this.#expect(')');
    return { kind: 'for', first, test, step, body: this.#body(), after: false };
  }

  #body(): Stmt {
    this.#skipNewlines();
    if (!this.#is(';')) return this.#statement();
    this.#next();
    return { kind: 'block', body: [] };
  }
  #parenthesized(): Expr {
    this.#expect('(');
    const value = this.#expression();
    this.#expect(')');
    return value;
  }
  #keys(): Expr[] {
    this.#expect('[');
    const keys = [this.#expression()];
    while (this.#is(',')) {
      this.#next();
      keys.push(this.#expression());
    }
    this.#expect(']');
    return keys;
  }

  #expression(): Expr {
    if (++this.#depth > depthMax) throw new AwkError('nested too deeply');
    const value = this.#assignment();
    this.#depth--;
    return value;
  }
  #assignment(): Expr {
    const left = this.#conditional();
    if (!/^(?:[-+*/%^]|\*\*)?=$/.test(this.#token.text) || this.#token.kind !== 'operator') return left;
    if (left.kind !== 'variable' && left.kind !== 'field' && left.kind !== 'element') return left;
    const operator = this.#take().slice(0, -1).replace('**', '^');
    this.#skipNewlines();
    return { kind: 'assign', target: left, operator, value: this.#expression() };
  }
  #conditional(): Expr {
    const test = this.#binary(0);
    if (!this.#is('?')) return test;
    this.#next();
    const yes = this.#expression();
    this.#expect(':');
    return { kind: 'conditional', test, yes, no: this.#expression() };
  }

  #binary(level: number): Expr {
    const table = [['||'], ['&&'], ['in'], ['~', '!~'], ['<', '<=', '!=', '==', '>', '>=']];
    const mine = table[level];
    if (mine === undefined) return this.#concatenation();
    let left = this.#binary(level + 1);
    for (;;) {
      const notMatch = this.#is('!') && this.#scanner.rest.startsWith('~');
      const operator = notMatch ? '!~' : this.#token.text;
      if (!mine.includes(operator) || this.#token.kind === 'string') return left;
      if (operator === '>' && this.#noGreater) return left;
      if (operator === 'in' && this.#noIn) return left;
      this.#next();
      if (notMatch) this.#next();
      this.#skipNewlines();
      if (operator === 'in') {
        const keys = left.kind === 'call' && left.name === '(' ? left.args : [left];
        left = { kind: 'in', keys, name: this.#take() };
      } else left = { kind: 'binary', operator, left, right: this.#binary(level + 1) };
    }
  }

  #concatenation(): Expr {
    let left = this.#sum();
    while (this.#startsOperand()) left = { kind: 'binary', operator: ' ', left, right: this.#sum() };
    return left;
  }
  #startsOperand(): boolean {
    const { kind, text } = this.#token;
    if (kind === 'operator')
      return (
        ['$', '!', '(', '-', '+', '++', '--'].includes(text) &&
        !(text === '!' && this.#scanner.rest.startsWith('~'))
      );
    return kind !== 'end' && kind !== 'regex' && !(kind === 'name' && /^(in|getline)$/.test(text));
  }

  #sum(): Expr {
    let left = this.#product();
    while (this.#is('+') || this.#is('-'))
      left = { kind: 'binary', operator: this.#take(), left, right: this.#product() };
    return left;
  }
  #product(): Expr {
    let left = this.#unary();
    while (this.#is('*') || this.#is('/') || this.#is('%'))
      left = { kind: 'binary', operator: this.#take(), left, right: this.#unary() };
    return left;
  }
  #unary(): Expr {
    if (!this.#is('!') && !this.#is('-') && !this.#is('+')) return this.#power();
    if (++this.#depth > depthMax) throw new AwkError('nested too deeply');
    const operator = this.#take();
    const operand = this.#unary();
    this.#depth--;
    return { kind: 'unary', operator, operand };
  }
  #power(): Expr {
    const base = this.#postfix();
    if (!this.#is('^') && !this.#is('**')) return base;
    this.#next();
    return { kind: 'binary', operator: '^', left: base, right: this.#unary() };
  }
  #postfix(): Expr {
    const target = this.#primary();
    if (!this.#is('++') && !this.#is('--')) return target;
    if (target.kind !== 'variable' && target.kind !== 'field' && target.kind !== 'element') return target;
    return { kind: 'step', target, by: this.#take() === '++' ? 1 : -1, prefix: false };
  }

  #primary(): Expr {
    const { kind, text } = this.#token;
    if (kind === 'operator' && text === '/') {
      this.#scanner.skip(-1);
      this.#token = this.#scanner.regex();
    }
    const token = this.#token;
    this.#next();
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
    if (token.kind === 'string') return { kind: 'string', value: token.text };
    if (token.kind === 'regex') return { kind: 'regex', source: token.text };
    if (token.text === '$')
      return { kind: 'field', index: this.#isStep() ? this.#primary() : this.#primary() };
    if (token.text === '++' || token.text === '--')
      return { kind: 'step', target: this.#primary(), by: token.text === '++' ? 1 : -1, prefix: true };
    if (token.text === '-') return { kind: 'unary', operator: '-', operand: this.#primary() };
    if (token.text === '(') return this.#group();
    if (token.text === 'getline') return this.#getline();
    if (token.kind === 'call' || builtinNames.has(token.text)) return this.#call(token.text);
    if (token.kind !== 'name') throw syntaxError(token);
    if (this.#is('[')) return { kind: 'element', name: token.text, keys: this.#keys() };
    return { kind: 'variable', name: token.text };
  }
  #isStep(): boolean {
    return this.#is('++') || this.#is('--');
  }

  #group(): Expr {
    const before = this.#noGreater;
    this.#noGreater = false;
    const args = [this.#expression()];
    while (this.#is(',')) {
      this.#next();
      args.push(this.#expression());
    }
    this.#expect(')');
    this.#noGreater = before;
    if (args.length > 1) return { kind: 'call', name: '(', args };
    return { kind: 'unary', operator: '(', operand: args[0]! };
  }
  #getline(): Expr {
    const target = this.#token.kind === 'name' || this.#is('$') ? this.#primary() : null;
    if (!this.#is('<')) return { kind: 'getline', target, file: null };
    this.#next();
    return { kind: 'getline', target, file: this.#primary() };
  }
  #call(name: string): Expr {
    const args: Expr[] = [];
    if (!this.#is('(')) return { kind: 'call', name, args };
    this.#next();
    const before = this.#noGreater;
    this.#noGreater = false;
    while (!this.#is(')')) {
      args.push(this.#expression());
      if (!this.#is(',')) break;
      this.#next();
    }
    this.#expect(')');
    this.#noGreater = before;
    return { kind: 'call', name, args };
  }

  #is(text: string): boolean {
    const { kind } = this.#token;
    return kind !== 'string' && kind !== 'regex' && this.#token.text === text;
  }
  #atEnd(): boolean {
    return this.#token.kind === 'end' || this.#is(';') || this.#is('}') || this.#is('\n');
  }
  #take(): string {
    const { text } = this.#token;
    this.#next();
    return text;
  }
  #expect(text: string): void {
    if (!this.#is(text)) throw syntaxError(this.#token);
    this.#next();
  }
  #skipNewlines(): void {
    while (this.#is('\n')) this.#next();
  }
  #skipEnds(): void {
    while (this.#is('\n') || this.#is(';')) this.#next();
  }
  #next(): void {
    this.#token = this.#scanner.next();
  }
}

function syntaxError({ text }: Token): AwkError {
  return new AwkError(`syntax error at or near ${text === '\n' ? 'end of line' : text || 'end of file'}`);
}
