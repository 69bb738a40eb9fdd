/**
 * token-reader — the tokens of a command line, with a look at the next one
 */
import { ShellSyntaxError, type Lexer, type Token } from './lexer.ts';

/** Reads from a lexer, no further than it is asked: what comes behind may be read in another way. */
export class TokenReader {
  readonly #lexer: Lexer;
  #token: Token | null = null;

  constructor(lexer: Lexer) {
    this.#lexer = lexer;
  }

  peek(): Token {
    return (this.#token ??= this.#lexer.next());
  }
  advance(): Token {
    const token = this.peek();
    this.#token = null;
    return token;
  }
  skipNewlines(): void {
    while (this.peek().kind === 'newline') this.advance();
  }
  isWord(raw: string): boolean {
    const token = this.peek();
    return token.kind === 'word' && token.raw === raw;
  }
  isAt(closing: readonly string[]): boolean {
    const { kind, raw } = this.peek();
    return (kind === 'operator' || kind === 'word') && closing.includes(raw);
  }
  expect(raw: string): void {
    if (this.peek().kind !== 'operator' || this.peek().raw !== raw) throw this.unexpected();
    this.advance();
  }
  expectWord(raw: string): void {
    if (!this.isWord(raw)) throw this.unexpected();
    this.advance();
  }
  unexpected(wanted = ''): ShellSyntaxError {
    const token = this.peek();
    if (token.kind !== 'end')
      return new ShellSyntaxError(`syntax error near unexpected token \`${token.raw}'`);
    if (wanted === ')') return this.#lexer.unmatched(')');
    return new ShellSyntaxError('syntax error: unexpected end of file', true);
  }
}
