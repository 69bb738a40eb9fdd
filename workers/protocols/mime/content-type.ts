/**
 * content-type — values with parameters: Content-Type and Content-Disposition
 *
 * Texts are of one character per byte; nothing is decoded.
 *
 * STANDARDS  RFC 2045 §5.1 (syntax), RFC 2183 (Content-Disposition)
 */

export interface ParameterizedValue {
  /** "text/plain", "attachment"; as written */
  value: string;
  /** in order, names as written */
  parameters: [string, string][];
}

const parametersMax = 100;

/** Never fails: what cannot be read ends the value. */
export function parseParameterized(text: string): ParameterizedValue {
  const scanner = new Scanner(text);
  const value = scanner.until(';').trim();
  const parameters: [string, string][] = [];
  while (scanner.more && parameters.length < parametersMax) {
    const name = scanner.until('=;').trim();
    if (scanner.last !== '=') continue;
    const parameter = scanner.parameterValue();
    if (name !== '') parameters.push([name, parameter]);
  }
  return { value, parameters };
}

/** A parameter's value by name, without case. */
export function parameterOf(value: ParameterizedValue, name: string): string | null {
  for (const [key, parameter] of value.parameters) if (key.toLowerCase() === name) return parameter;
  return null;
}

class Scanner {
  readonly #text: string;
  #at = 0;
  /** the character that ended the last piece */
  last = '';

  constructor(text: string) {
    this.#text = text;
  }
  get more(): boolean {
    return this.#at < this.#text.length;
  }

  /** Up to one of the characters, comments left out (RFC 2045 §5.1 allows them between tokens). */
  until(ends: string): string {
    let piece = '';
    for (; this.more; this.#at++) {
      const c = this.#text[this.#at]!;
      if (c === '(') this.#skipComment();
      else if (ends.includes(c)) break;
      else piece += c;
    }
    this.last = this.more ? this.#text[this.#at++]! : '';
    return piece;
  }

  parameterValue(): string {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at++;
    if (this.#text[this.#at] !== '"') return this.until(';').trim();
    let value = '';
    for (this.#at++; this.more && this.#text[this.#at] !== '"'; this.#at++) {
      if (this.#text[this.#at] === '\\' && this.#at + 1 < this.#text.length) this.#at++;
      value += this.#text[this.#at]!;
    }
    this.#at++;
    this.until(';');
    return value;
  }

  #skipComment(): void {
    let depth = 0;
    for (; this.more; this.#at++) {
      const c = this.#text[this.#at]!;
      if (c === '\\') this.#at++;
      else if (c === '(') depth++;
      else if (c === ')' && --depth === 0) return;
    }
  }
}
