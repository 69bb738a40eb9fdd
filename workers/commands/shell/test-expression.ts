/**
 * test-expression — what test, [ and [[ ask: of files, texts and numbers
 *
 * STANDARDS  POSIX.1-2017, test(1); bash's [[ with patterns and =~
 * ERRORS     TestError, in bash's words
 */
import type { Files } from '../../os/os.ts';

import { compileRegex, RegexError } from '../text/regex/regex.ts';

import { kindOfPath } from './directory.ts';
import { matchesGlob } from './glob.ts';
import { absolutePath } from './process.ts';

/** A question that cannot be asked. */
export class TestError {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export interface Operand {
  readonly text: string;
  /** the text with what was quoted kept from being a pattern */
  readonly pattern: string;
  /** it may be an operator: it was not quoted */
  readonly isOperator: boolean;
}

export interface TestContext {
  readonly files: Files;
  readonly directory: string;
  get(name: string): string | undefined;
  /** [[ ]]: patterns, =~, && and || */
  readonly double: boolean;
}

const depthMax = 50;

/** @throws TestError */
export function evaluateTest(operands: readonly Operand[], context: TestContext): boolean {
  if (operands.length === 0) return false;
  const test = new Test(operands, context);
  const result = test.or();
  test.expectEnd();
  return result;
}

class Test {
  readonly #operands: readonly Operand[];
  readonly #context: TestContext;
  #at = 0;
  #depth = 0;

  constructor(operands: readonly Operand[], context: TestContext) {
    this.#operands = operands;
    this.#context = context;
  }

  or(): boolean {
    let result = this.#and();
    while (this.#takeOperator(this.#context.double ? '||' : '-o')) {
      const right = this.#and();
      result ||= right;
    }
    return result;
  }
  expectEnd(): void {
    const extra = this.#operands[this.#at];
    if (extra === undefined) return;
    const [first] = this.#operands;
    if (this.#operands.length === 2) throw new TestError(`${first!.text}: unary operator expected`);
    throw new TestError(
      this.#operands.length > 3 ? 'too many arguments' : `${extra.text}: binary operator expected`,
    );
  }

  #and(): boolean {
    let result = this.#not();
    while (this.#takeOperator(this.#context.double ? '&&' : '-a')) {
      const right = this.#not();
      result &&= right;
    }
    return result;
  }

  #not(): boolean {
    if (++this.#depth > depthMax) throw new TestError('too many arguments');
    const value = this.#negated();
    this.#depth--;
    return value;
  }
  #negated(): boolean {
    const isBinary = this.#isBinary(this.#at + 1) && this.#operands.length - this.#at >= 3;
    if (!isBinary && this.#operands.length - this.#at > 1 && this.#takeOperator('!')) return !this.#not();
    if (!isBinary && this.#operands.length - this.#at > 2 && this.#takeOperator('(')) {
      const value = this.or();
      if (!this.#takeOperator(')')) throw new TestError("`)' expected");
      return value;
    }
    return this.#primary(isBinary);
  }

  #primary(isBinary: boolean): boolean {
    const first = this.#operands[this.#at];
    if (first === undefined) throw new TestError('argument expected');
    if (isBinary) {
      const operator = this.#operands[this.#at + 1]!.text;
      const right = this.#operands[this.#at + 2]!;
      this.#at += 3;
      return this.#compare(first, operator, right);
    }
    const operand = this.#operands[this.#at + 1];
    if (first.isOperator && /^-[a-zA-Z]$/.test(first.text) && operand !== undefined) {
      this.#at += 2;
      return this.#ask(first.text, operand.text);
    }
    this.#at++;
    return first.text !== '';
  }

  #isBinary(at: number): boolean {
    const operand = this.#operands[at];
    return (
      operand?.isOperator === true &&
      binaryOperators.includes(operand.text) &&
      (this.#context.double || operand.text !== '=~')
    );
  }

  #ask(operator: string, value: string): boolean {
    const { files, directory, get } = this.#context;
    if (operator === '-z') return value === '';
    if (operator === '-n') return value !== '';
    if (operator === '-v') return get(value) !== undefined;
    if (operator === '-t') return false;
    const path = absolutePath(directory, value);
    const kind = value === '' ? 'missing' : kindOfPath(files, path);
    switch (operator) {
      case '-e':
      case '-a':
        return kind !== 'missing';
      case '-f':
        return kind === 'file';
      case '-d':
        return kind === 'directory';
      case '-c':
        return kind === 'device';
      case '-s':
        return kind === 'directory' || (files.state(path)?.size ?? 0) > 0;
      case '-r':
      case '-w':
        return kind !== 'missing'; // everybody is root
      case '-x':
        return kind === 'directory';
      case '-L':
      case '-h':
      case '-p':
      case '-S':
      case '-b':
        return false;
      default:
        throw new TestError(`${operator}: unary operator expected`);
    }
  }

  #compare(left: Operand, operator: string, right: Operand): boolean {
    const a = left.text;
    const b = right.text;
    switch (operator) {
      case '=':
      case '==':
        return this.#context.double ? matchesGlob(right.pattern, a) : a === b;
      case '!=':
        return this.#context.double ? !matchesGlob(right.pattern, a) : a !== b;
      case '=~':
        return matchesRegex(right.pattern, a);
      case '<':
        return a < b;
      case '>':
        return a > b;
      case '-nt':
      case '-ot':
        return this.#isNewer(operator === '-nt' ? a : b, operator === '-nt' ? b : a);
      default:
        return compareNumbers(this.#number(a), operator, this.#number(b));
    }
  }

  #isNewer(a: string, b: string): boolean {
    const { files, directory } = this.#context;
    const at = (name: string): number => files.modifiedAt(absolutePath(directory, name)) ?? -1;
    return at(a) > at(b);
  }

  #number(text: string): number {
    if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new TestError(`${text}: integer expression expected`);
    return Number(text);
  }

  #takeOperator(text: string): boolean {
    const operand = this.#operands[this.#at];
    if (operand?.isOperator !== true || operand.text !== text) return false;
    this.#at++;
    return true;
  }
}

const binaryOperators = Object.freeze('= == != =~ < > -eq -ne -lt -le -gt -ge -nt -ot'.split(' '));

function compareNumbers(a: number, operator: string, b: number): boolean {
  switch (operator) {
    case '-eq':
      return a === b;
    case '-ne':
      return a !== b;
    case '-lt':
      return a < b;
    case '-le':
      return a <= b;
    case '-gt':
      return a > b;
    default:
      return a >= b;
  }
}

function matchesRegex(pattern: string, text: string): boolean {
  try {
    return compileRegex(pattern, { extended: true, ignoreCase: false }).test(text);
  } catch (error) {
    if (error instanceof RegexError) throw new TestError(`invalid regular expression: ${error.text}`);
    throw error;
  }
}
