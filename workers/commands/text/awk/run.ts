/**
 * run — runs an awk program over its input
 */
import type { Proc } from '../../../os/os.ts';

import { unescapeC } from '../../shell/lexer.ts';
import type { Process } from '../../shell/process.ts';
import { compileRegex, type Regex } from '../regex/regex.ts';

import { Jump } from './jump.ts';
import { OpenFiles } from './open-files.ts';
import { Records } from './records.ts';
import { AwkError, type AwkProgram, type Expr, type Rule, type Stmt } from './tree.ts';
import { callBuiltin } from './functions.ts';
import { calculate, compare, Field, isTrue, numberOf, splitText, textOf, type Value } from './values.ts';

export type AwkArray = Map<string, Value>;
type Scope = Map<string, Value | AwkArray>;

const callsDeepMax = 50;
const textCharsMax = 1_048_576;
const cellsMax = 500_000;

/** One run of a program. */
export class AwkRun {
  readonly me: Process;
  readonly #program: AwkProgram;
  readonly #globals: Scope = new Map<string, Value | AwkArray>();
  readonly #regexes = new Map<string, Regex>();
  readonly #files: OpenFiles;
  readonly #inRange = new Set<Rule>();
  #locals: Scope[] = [];
  #record = '';
  #fields: Value[] = [];
  #split = true;
  #input: Records | null = null;
  #out = '';

  constructor(me: Process, program: AwkProgram) {
    this.me = me;
    this.#program = program;
    this.#files = new OpenFiles(me);
    const first = {
      FS: ' ',
      OFS: ' ',
      ORS: '\n',
      RS: '\n',
      SUBSEP: '\x1c',
      OFMT: '%.6g',
      CONVFMT: '%.6g',
      NR: 0,
      FNR: 0,
    };
    for (const [name, value] of Object.entries(first)) this.#globals.set(name, value);
    this.#globals.set('ENVIRON', new Map([...me.environment].map(([name, text]) => [name, new Field(text)])));
  }

  /** NAME=VALUE, of -v and between files. */
  assign(given: string): void {
    const at = given.indexOf('=');
    if (at < 1) throw new AwkError(`improper assignment: -v ${given}`);
    this.#globals.set(given.slice(0, at), new Field(unescapeC(given.slice(at + 1))));
  }

  *all(operands: readonly string[]): Proc<number> {
    this.#input = new Records(this, operands);
    let status = 0;
    let exits = yield* this.#guarded(() => this.#rules('BEGIN'));
    const { rules } = this.#program;
    if (exits === null && rules.some(({ when }) => when !== 'BEGIN'))
      while (exits === null && (yield* this.#nextRecord()))
        exits = yield* this.#guarded(() => this.#rules('line'));
    if (exits !== null) status = exits;
    const last = yield* this.#guarded(() => this.#rules('END'));
    yield* this.flush();
    return last ?? (status === 0 ? this.#input.failed : status);
  }

  *#guarded(body: () => Proc<void>): Proc<number | null> {
    try {
      yield* body();
    } catch (error) {
      if (!(error instanceof Jump)) throw error;
      if (error.what === 'exit') return numberOf(error.value) & 255;
      if (error.what !== 'next') throw new AwkError(`${error.what} outside of a loop or function`);
    }
    return null;
  }

  *#rules(when: Rule['when']): Proc<void> {
    yield* this.me.cpu.use(1);
    for (const rule of this.#program.rules) {
      if (rule.when !== when || !(yield* this.#selects(rule))) continue;
      if (rule.body === null) yield* this.print(`${this.#record}${this.text('ORS')}`);
      else yield* this.#do(rule.body);
    }
  }
  *#selects(rule: Rule): Proc<boolean> {
    if (rule.from === null) return true;
    if (rule.to === null) return isTrue(yield* this.value(rule.from));
    if (!this.#inRange.has(rule)) {
      if (!isTrue(yield* this.value(rule.from))) return false;
      this.#inRange.add(rule);
    }
    if (isTrue(yield* this.value(rule.to))) this.#inRange.delete(rule);
    return true;
  }

  *print(text: string): Proc<void> {
    this.#out += text;
    if (this.#out.length > 4096 || this.#input?.isDrained !== false) yield* this.flush();
  }
  *flush(): Proc<void> {
    const out = this.#out;
    this.#out = '';
    if (out !== '') yield* this.me.print(out);
  }

  *#nextRecord(): Proc<boolean> {
    const record = yield* this.#input!.next();
    if (record === null) return false;
    this.setRecord(record);
    return true;
  }
  count(isFirst: boolean): void {
    this.#globals.set('NR', numberOf(this.get('NR')) + 1);
    this.#globals.set('FNR', isFirst ? 1 : numberOf(this.get('FNR')) + 1);
  }
  setRecord(text: string): void {
    this.#record = text;
    this.#split = false;
  }
  fields(): Value[] {
    if (!this.#split) {
      this.#fields = this.splitText(this.#record, this.text('FS')).map((text) => new Field(text));
      this.#split = true;
    }
    return this.#fields;
  }
  splitText(text: string, separator: string): string[] {
    return splitText(text, separator, (source) => this.regex(source));
  }
  regex(source: string): Regex {
    let regex = this.#regexes.get(source);
    if (regex === undefined) {
      regex = compileRegex(source, { extended: true, ignoreCase: false, escapes: true });
      this.#regexes.set(source, regex);
    }
    return regex;
  }

  #scopeOf(name: string): Scope {
    const local = this.#locals.at(-1);
    return local?.has(name) === true ? local : this.#globals;
  }
  get(name: string): Value {
    if (name === 'NF') return this.fields().length;
    const value = this.#scopeOf(name).get(name);
    if (value instanceof Map) throw new AwkError(`can't use array ${name} as a value`);
    return value;
  }
  text(name: string): string {
    return textOf(this.get(name));
  }
  set(name: string, value: Value): void {
    if (name !== 'NF') return void this.#scopeOf(name).set(name, value);
    const fields = this.fields();
    fields.length = Math.min(Math.max(0, numberOf(value)), 10_000);
    this.#rebuild();
  }
  isArray(name: string): boolean {
    return this.#scopeOf(name).get(name) instanceof Map;
  }
  array(name: string): AwkArray {
    const scope = this.#scopeOf(name);
    let value = scope.get(name);
    if (value === undefined) scope.set(name, (value = new Map<string, Value>()));
    if (!(value instanceof Map)) throw new AwkError(`can't use ${name} as an array`);
    return value;
  }
  setField(index: number, value: Value): void {
    if (index < 0 || index > 10_000) throw new AwkError(`trying to access out of range field ${index}`);
    if (index === 0) return this.setRecord(textOf(value));
    const fields = this.fields();
    while (fields.length < index) fields.push('');
    fields[index - 1] = value;
    this.#rebuild();
  }
  #rebuild(): void {
    this.#record = Array.from(this.#fields, (field) => textOf(field, this.text('CONVFMT'))).join(
      this.text('OFS'),
    );
  }

  *#do(statement: Stmt): Proc<void> {
    switch (statement.kind) {
      case 'block':
        for (const one of statement.body) yield* this.#do(one);
        return;
      case 'expression':
        yield* this.value(statement.value);
        return;
      case 'print':
        return yield* this.#print(statement);
      case 'if':
        if (isTrue(yield* this.value(statement.test))) yield* this.#do(statement.then);
        else if (statement.otherwise !== null) yield* this.#do(statement.otherwise);
        return;
      case 'for':
        return yield* this.#loop(statement);
      case 'for-in':
        for (const key of [...this.array(statement.array).keys()]) {
          this.set(statement.name, new Field(key));
          if (yield* this.#round(statement.body)) return;
        }
        return;
      case 'delete': {
        const array = this.array(statement.name);
        if (statement.keys.length === 0) array.clear();
        else array.delete(yield* this.#key(statement.keys));
        return;
      }
      case 'jump':
        throw new Jump(
          statement.what,
          statement.value === null ? undefined : yield* this.value(statement.value),
        );
    }
  }
  *#loop({ first, test, step, body, after }: Extract<Stmt, { kind: 'for' }>): Proc<void> {
    if (first !== null) yield* this.#do(first);
    for (let round = 0; ; round++) {
      if (!(after && round === 0) && test !== null && !isTrue(yield* this.value(test))) return;
      yield* this.me.cpu.use(0.2);
      if (yield* this.#round(body)) return;
      if (step !== null) yield* this.#do(step);
    }
  }
  /** @returns whether the loop is left */
  *#round(body: Stmt): Proc<boolean> {
    try {
      yield* this.#do(body);
    } catch (error) {
      if (error instanceof Jump && error.what === 'break') return true;
      if (!(error instanceof Jump) || error.what !== 'continue') throw error;
    }
    return false;
  }

  *#print({ args, format, to }: Extract<Stmt, { kind: 'print' }>): Proc<void> {
    const values: Value[] = [];
    for (const arg of args) values.push(yield* this.value(arg));
    let text: string;
    if (format) text = textOf(yield* callBuiltin(this, 'sprintf', [], values));
    else if (args.length === 0) text = this.#record + this.text('ORS');
    else
      text =
        values.map((value) => textOf(value, this.text('OFMT'))).join(this.text('OFS')) + this.text('ORS');
    if (to === null) return yield* this.print(text);
    yield* this.flush();
    yield* this.#files.write(
      textOf(yield* this.value(to.file)),
      to.operator === '>' ? 'write' : 'append',
      text,
    );
  }

  *#key(keys: readonly Expr[]): Proc<string> {
    const parts: string[] = [];
    for (const key of keys) parts.push(textOf(yield* this.value(key), this.text('CONVFMT')));
    return parts.join(this.text('SUBSEP'));
  }

  *value(e: Expr): Proc<Value> {
    switch (e.kind) {
      case 'number':
      case 'string':
        return e.value;
      case 'regex':
        return Number(this.regex(e.source).test(this.#record));
      case 'variable':
        return this.get(e.name);
      case 'field': {
        const index = numberOf(yield* this.value(e.index));
        return index === 0 ? new Field(this.#record) : this.fields()[index - 1];
      }
      case 'element': {
        const array = this.array(e.name);
        const key = yield* this.#key(e.keys);
        if (!array.has(key) && array.size < cellsMax) array.set(key, undefined);
        return array.get(key);
      }
      case 'in':
        return Number(this.array(e.name).has(yield* this.#key(e.keys)));
      case 'assign': {
        const right = yield* this.value(e.value);
        const value =
          e.operator === ''
            ? right
            : calculate(e.operator, numberOf(yield* this.value(e.target)), numberOf(right));
        yield* this.store(e.target, value);
        return value;
      }
      case 'step': {
        const before = numberOf(yield* this.value(e.target));
        yield* this.store(e.target, before + e.by);
        return e.prefix ? before + e.by : before;
      }
      case 'unary':
        return yield* this.#unary(e);
      case 'conditional':
        return yield* this.value(isTrue(yield* this.value(e.test)) ? e.yes : e.no);
      case 'binary':
        return yield* this.#binary(e);
      case 'call':
        return yield* this.#call(e);
      case 'getline':
        return yield* this.#getline(e);
    }
  }
  *#unary({ operator, operand }: Extract<Expr, { kind: 'unary' }>): Proc<Value> {
    const value = yield* this.value(operand);
    if (operator === '(') return value;
    return operator === '!' ? Number(!isTrue(value)) : operator === '-' ? -numberOf(value) : numberOf(value);
  }
  *store(target: Expr, value: Value): Proc<void> {
    if (target.kind === 'variable') this.set(target.name, value);
    else if (target.kind === 'field') this.setField(numberOf(yield* this.value(target.index)), value);
    else if (target.kind === 'element') this.array(target.name).set(yield* this.#key(target.keys), value);
  }

  *#binary({ operator, left, right }: Extract<Expr, { kind: 'binary' }>): Proc<Value> {
    if (operator === '~' || operator === '!~') {
      const text = textOf(yield* this.value(left));
      const source = right.kind === 'regex' ? right.source : textOf(yield* this.value(right));
      return Number(this.regex(source).test(text) === (operator === '~'));
    }
    const a = yield* this.value(left);
    if (operator === '&&') return isTrue(a) ? Number(isTrue(yield* this.value(right))) : 0;
    if (operator === '||') return isTrue(a) ? 1 : Number(isTrue(yield* this.value(right)));
    const b = yield* this.value(right);
    const format = this.text('CONVFMT');
    if (operator === ' ') {
      const text = textOf(a, format) + textOf(b, format);
      if (text.length > textCharsMax) throw new AwkError('out of memory');
      return text;
    }
    if (!/^[<>=!]/.test(operator)) return calculate(operator, numberOf(a), numberOf(b));
    const order = compare(a, b, format);
    const holds = { '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0, '==': order === 0 }[
      operator
    ];
    return Number(holds ?? order !== 0);
  }

  *#call({ name, args }: Extract<Expr, { kind: 'call' }>): Proc<Value> {
    const body = this.#program.functions.get(name);
    if (body === undefined) {
      const values: Value[] = [];
      if (!/^(split|sub|gsub|match|length)$/.test(name))
        for (const arg of args) values.push(yield* this.value(arg));
      return yield* callBuiltin(this, name, args, values);
    }
    if (this.#locals.length >= callsDeepMax) throw new AwkError('function call nesting too deep');
    const scope: Scope = new Map<string, Value | AwkArray>();
    for (const [i, parameter] of body.parameters.entries()) {
      const arg = args[i];
      const given = arg?.kind === 'variable' ? this.#scopeOf(arg.name).get(arg.name) : undefined;
      scope.set(
        parameter,
        given instanceof Map ? given : arg === undefined ? undefined : yield* this.value(arg),
      );
    }
    this.#locals.push(scope);
    try {
      yield* this.#do(body.body);
    } catch (error) {
      if (error instanceof Jump && error.what === 'return') return error.value;
      throw error;
    } finally {
      this.#locals.pop();
    }
    return undefined;
  }

  *#getline({ target, file }: Extract<Expr, { kind: 'getline' }>): Proc<Value> {
    let line: string | null;
    if (file === null) line = yield* this.#input!.next();
    else {
      const read = yield* this.#files.readLine(textOf(yield* this.value(file)));
      if (read === 'missing') return -1;
      line = read.line;
    }
    if (line === null) return 0;
    if (target === null) this.setRecord(line);
    else yield* this.store(target, new Field(line));
    return 1;
  }
}
