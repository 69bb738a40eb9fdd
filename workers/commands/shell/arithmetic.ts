/**
 * arithmetic — $(( … )): integers of 64 bits, the operators of C, variables
 *
 * STANDARDS  POSIX.1-2017, XCU 2.6.4
 * ERRORS     ArithmeticError, in bash's words
 */

/** What bash says after "expression: ". */
export class ArithmeticError {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export interface Variables {
  get(name: string): string;
  set(name: string, value: string): void;
}

const levels: readonly (readonly string[])[] = Object.freeze([
  ['||'], ['&&'], ['|'], ['^'], ['&'], ['==', '!='], ['<=', '>=', '<', '>'], ['<<', '>>'],
  ['+', '-'], ['*', '/', '%'],
]); // prettier-ignore
const assigning = /^(?:=(?!=)|\+=|-=|\*=|\/=|%=|<<=|>>=|&=|\^=|\|=)/;
const depthMax = 100;

/** @throws ArithmeticError */
export function evaluate(source: string, variables: Variables, depth = 0): bigint {
  if (depth > 20) throw new ArithmeticError('expression recursion level exceeded');
  return new Evaluation(source, variables, depth).all();
}

class Evaluation {
  readonly #source: string;
  readonly #variables: Variables;
  readonly #depth: number;
  #at = 0;
  #nesting = 0;
  #operandAt = 0;

  constructor(source: string, variables: Variables, depth: number) {
    this.#source = source;
    this.#variables = variables;
    this.#depth = depth;
  }

  all(): bigint {
    if (this.#peek() === '') return 0n;
    const value = this.#comma();
    if (this.#peek() !== '') throw this.#wrong('syntax error in expression');
    return value;
  }

  #comma(): bigint {
    let value = this.#assignment();
    while (this.#take(',')) value = this.#assignment();
    return value;
  }

  #assignment(): bigint {
    if (++this.#nesting > depthMax) throw this.#wrong('expression recursion level exceeded');
    const start = this.#at;
    const name = this.#name();
    if (name !== null) {
      this.#skip();
      const operator = assigning.exec(this.#source.slice(this.#at, this.#at + 3))?.[0];
      if (operator !== undefined) {
        this.#at += operator.length;
        const right = this.#assignment();
        const value = operator === '=' ? right : this.#apply(operator.slice(0, -1), this.#value(name), right);
        this.#variables.set(name, String(value));
        this.#nesting--;
        return value;
      }
    }
    this.#at = start;
    const value = this.#ternary();
    this.#nesting--;
    return value;
  }

  #ternary(): bigint {
    const test = this.#binary(0);
    if (!this.#take('?')) return test;
    const yes = this.#assignment();
    if (!this.#take(':')) throw this.#wrong("`:' expected for conditional expression");
    const no = this.#assignment();
    return test !== 0n ? yes : no;
  }

  #binary(level: number): bigint {
    const operators = levels[level];
    if (operators === undefined) return this.#power();
    let left = this.#binary(level + 1);
    for (;;) {
      this.#skip();
      const operator = operators.find(
        (one) => this.#source.startsWith(one, this.#at) && !this.#isLonger(one),
      );
      if (operator === undefined) return left;
      this.#at += operator.length;
      left = this.#apply(operator, left, this.#binary(level + 1));
    }
  }

  // "<" of "<<", "&" of "&&", "+" of "+=".
  #isLonger(operator: string): boolean {
    const next = this.#source[this.#at + operator.length] ?? '';
    if (next === '=') return !['==', '!=', '<=', '>='].includes(operator);
    return operator.length === 1 && next === operator && '&|<>*'.includes(operator);
  }

  #power(): bigint {
    const base = this.#unary();
    if (!this.#take('**')) return base;
    const exponent = this.#power();
    if (exponent < 0n) throw this.#wrong('exponent less than 0');
    if (exponent > 4096n) throw this.#wrong('exponent too large');
    return BigInt.asIntN(64, base ** exponent);
  }

  #unary(): bigint {
    if (++this.#nesting > depthMax) throw this.#wrong('expression recursion level exceeded');
    const value = this.#unaryInside();
    this.#nesting--;
    return value;
  }
  #unaryInside(): bigint {
    this.#skip();
    for (const step of ['++', '--'] as const)
      if (this.#source.startsWith(step, this.#at)) {
        this.#at += 2;
        const name = this.#name();
        if (name === null) return this.#unary();
        const value = this.#value(name) + (step === '++' ? 1n : -1n);
        this.#variables.set(name, String(value));
        return value;
      }
    if (this.#take('!')) return this.#unary() === 0n ? 1n : 0n;
    if (this.#take('~')) return ~this.#unary();
    if (this.#take('-')) return -this.#unary();
    if (this.#take('+')) return this.#unary();
    return this.#primary();
  }

  #primary(): bigint {
    this.#skip();
    this.#operandAt = this.#at;
    if (this.#take('(')) {
      const value = this.#comma();
      if (!this.#take(')')) throw this.#wrong("missing `)'");
      return value;
    }
    const name = this.#name();
    if (name !== null) {
      const value = this.#value(name);
      for (const [step, by] of [
        ['++', 1n],
        ['--', -1n],
      ] as const)
        if (this.#take(step)) this.#variables.set(name, String(value + by));
      return value;
    }
    this.#skip();
    const number = /^(?:0[xX][0-9a-fA-F]+|(\d+)#(\w+)|\d+)/.exec(this.#source.slice(this.#at, this.#at + 80));
    if (number === null) throw this.#wrong('syntax error: operand expected');
    this.#at += number[0].length;
    return this.#number(number[0]);
  }

  #number(text: string): bigint {
    if (text.includes('#')) throw this.#wrong('this simulator has no base#number');
    if (!/^0\d/.test(text)) return BigInt.asIntN(64, BigInt(text));
    if (/[89]/.test(text))
      throw new ArithmeticError(`${text}: value too great for base (error token is "${text}")`);
    return BigInt(`0o${text.slice(1)}`);
  }

  #value(name: string): bigint {
    const text = this.#variables.get(name).trim();
    if (text === '') return 0n;
    if (/^-?[1-9]\d*$/.test(text)) return BigInt.asIntN(64, BigInt(text));
    return evaluate(text, this.#variables, this.#depth + 1);
  }

  #apply(operator: string, a: bigint, b: bigint): bigint {
    if ((operator === '/' || operator === '%') && b === 0n)
      throw this.#wrong('division by 0', this.#operandAt);
    const truth = (yes: boolean): bigint => (yes ? 1n : 0n);
    const results: Record<string, () => bigint> = {
      '||': () => truth(a !== 0n || b !== 0n), '&&': () => truth(a !== 0n && b !== 0n),
      '|': () => a | b, '^': () => a ^ b, '&': () => a & b,
      '==': () => truth(a === b), '!=': () => truth(a !== b),
      '<': () => truth(a < b), '>': () => truth(a > b), '<=': () => truth(a <= b), '>=': () => truth(a >= b),
      '<<': () => a << (b & 63n), '>>': () => a >> (b & 63n),
      '+': () => a + b, '-': () => a - b, '*': () => a * b, '/': () => a / b, '%': () => a % b,
    }; // prettier-ignore
    return BigInt.asIntN(64, results[operator]!());
  }

  #name(): string | null {
    this.#skip();
    const name = /^[A-Za-z_]\w*/.exec(this.#source.slice(this.#at, this.#at + 200))?.[0] ?? null;
    if (name !== null) this.#at += name.length;
    return name;
  }
  #skip(): void {
    while (/\s/.test(this.#source[this.#at] ?? '')) this.#at++;
  }
  #peek(): string {
    this.#skip();
    return this.#source[this.#at] ?? '';
  }
  #take(text: string): boolean {
    this.#skip();
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }
  #wrong(text: string, at = this.#at): ArithmeticError {
    const token = this.#source.slice(at).trim();
    return new ArithmeticError(`${this.#source.trim()}: ${text} (error token is "${token}")`);
  }
}
