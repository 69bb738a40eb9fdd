/**
 * parser — turns what was typed into a tree of commands
 *
 * Depth and size are bounded. An error is said in bash's words; one that more lines could mend says so, and a
 * terminal then asks for them.
 *
 * STANDARDS  POSIX.1-2017, Shell Command Language (XCU 2.10)
 * ERRORS     ShellSyntaxError
 */
import {
  asAssignment,
  type AndOr,
  type Assignment,
  type CaseBranch,
  type Command,
  type List,
  type Pipeline,
  type Redirection,
  type Word,
} from './ast.ts';
import { Lexer, ShellSyntaxError } from './lexer.ts';
import { TokenReader } from './token-reader.ts';

const scriptCharsMax = 262_144;
const depthMax = 60;
const reserved = Object.freeze(
  'if then elif else fi while until do done for in case esac function { } ! [[ ]]'.split(' '),
);

/** @throws ShellSyntaxError */
export function parseScript(text: string): List {
  if (text.length > scriptCharsMax) throw new ShellSyntaxError('script too long');
  const lexer = new Lexer(text, parseNested);
  const parser = new Parser(lexer);
  try {
    const list = parser.list([]);
    parser.expectEnd();
    return list;
  } catch (error) {
    if (error instanceof ShellSyntaxError)
      error.line = /end of file$/.test(error.text) ? lexer.line + 1 : lexer.line;
    throw error;
  }
}

function parseNested(lexer: Lexer): List {
  const isOwn = lexer.at === 0; // backticks have a text of their own
  const parser = new Parser(lexer);
  const list = parser.list([')']);
  if (isOwn) parser.expectEnd();
  else parser.expectOperator(')');
  return list;
}

class Parser {
  readonly #lexer: Lexer;
  readonly #tokens: TokenReader;
  #depth: number;

  constructor(lexer: Lexer) {
    this.#lexer = lexer;
    this.#tokens = new TokenReader(lexer);
    this.#depth = lexer.depth;
  }

  /** Commands up to one of the closing words or operators, which is left there. */
  list(closing: readonly string[]): List {
    const items: AndOr[] = [];
    for (;;) {
      this.#tokens.skipNewlines();
      if (this.#tokens.peek().kind === 'end' || this.#tokens.isAt(closing)) return items;
      const item = this.#andOr();
      items.push(item);
      const { kind, raw } = this.#tokens.peek();
      if (kind === 'operator' && (raw === ';' || raw === '&')) {
        item.background = raw === '&';
        this.#tokens.advance();
      } else if (kind !== 'newline') return items;
    }
  }

  /** Like list, but something must be there. */
  #someList(closing: readonly string[]): List {
    const list = this.list(closing);
    if (list.length === 0) throw this.#tokens.unexpected();
    return list;
  }

  expectEnd(): void {
    if (this.#tokens.peek().kind !== 'end') throw this.#tokens.unexpected();
  }
  expectOperator(raw: string): void {
    const token = this.#tokens.peek();
    if (token.kind !== 'operator' || token.raw !== raw) throw this.#tokens.unexpected(raw);
    this.#tokens.advance(); // the lexer stands right behind it
  }

  #andOr(): AndOr {
    const start = this.#tokens.peek().at;
    const first = this.#pipeline();
    const rest: AndOr['rest'] = [];
    for (;;) {
      const { kind, raw } = this.#tokens.peek();
      if (kind !== 'operator' || (raw !== '&&' && raw !== '||'))
        return {
          first,
          rest,
          background: false,
          text: this.#lexer.text.slice(start, this.#tokens.peek().at).trim(),
        };
      this.#tokens.advance();
      this.#tokens.skipNewlines();
      rest.push({ operator: raw, pipeline: this.#pipeline() });
    }
  }

  #pipeline(): Pipeline {
    let negated = false;
    while (this.#tokens.isWord('!')) {
      this.#tokens.advance();
      negated = !negated;
    }
    const commands = [this.#command()];
    const withErrors: boolean[] = [];
    for (;;) {
      const { kind, raw } = this.#tokens.peek();
      if (kind !== 'operator' || (raw !== '|' && raw !== '|&')) return { negated, commands, withErrors };
      this.#tokens.advance();
      this.#tokens.skipNewlines();
      withErrors.push(raw === '|&');
      commands.push(this.#command());
    }
  }

  #command(): Command {
    if (++this.#depth > depthMax) throw new ShellSyntaxError('syntax error: nested too deeply');
    const command = this.#compound() ?? this.#simple();
    this.#depth--;
    if (command.kind !== 'simple')
      for (let one = this.#redirection(); one !== null; one = this.#redirection())
        command.redirections.push(one);
    return command;
  }

  #compound(): Command | null {
    const { kind, raw } = this.#tokens.peek();
    if (kind === 'operator' && raw === '(') return this.#parenthesis();
    if (kind !== 'word') return null;
    const redirections: Redirection[] = [];
    switch (raw) {
      case '{': {
        this.#tokens.advance();
        const list = this.#someList(['}']);
        this.#tokens.expectWord('}');
        return { kind: 'group', list, redirections };
      }
      case 'if':
        return this.#if();
      case 'while':
      case 'until': {
        this.#tokens.advance();
        const test = this.#someList(['do']);
        return { kind: raw, test, body: this.#doGroup(), redirections };
      }
      case 'for':
        return this.#for();
      case 'case':
        return this.#case();
      case 'function':
        this.#tokens.advance();
        return this.#function(this.#name(), false);
      case '[[':
        return this.#condition();
      default:
        return null;
    }
  }

  #parenthesis(): Command {
    const open = this.#tokens.advance();
    if (this.#lexer.text[open.at + 1] === '(') {
      this.#lexer.at = open.at + 2;
      const source = this.#lexer.arithmetic();
      if (source !== null) return { kind: 'arithmetic', source, redirections: [] };
      this.#lexer.at = open.at + 1;
    }
    const list = this.#someList([')']);
    this.#tokens.expect(')');
    return { kind: 'subshell', list, redirections: [] };
  }

  #if(): Command {
    const branches: { test: List; then: List }[] = [];
    let otherwise: List | null = null;
    do {
      this.#tokens.advance();
      const test = this.#someList(['then']);
      this.#tokens.expectWord('then');
      branches.push({ test, then: this.#someList(['elif', 'else', 'fi']) });
    } while (this.#tokens.isWord('elif'));
    if (this.#tokens.isWord('else')) {
      this.#tokens.advance();
      otherwise = this.#someList(['fi']);
    }
    this.#tokens.expectWord('fi');
    return { kind: 'if', branches, otherwise, redirections: [] };
  }

  #for(): Command {
    this.#tokens.advance();
    if (this.#tokens.peek().raw === '(') return this.#forArithmetic();
    const name = this.#name();
    this.#tokens.skipNewlines();
    let words: Word[] | null = null;
    if (this.#tokens.isWord('in')) {
      this.#tokens.advance();
      words = [];
      for (let token = this.#tokens.peek(); token.kind === 'word'; token = this.#tokens.peek()) {
        words.push(token.word);
        this.#tokens.advance();
      }
      if (this.#tokens.peek().kind !== 'newline' && this.#tokens.peek().raw !== ';')
        throw this.#tokens.unexpected();
    }
    if (this.#tokens.peek().raw === ';' && this.#tokens.peek().kind === 'operator') this.#tokens.advance();
    this.#tokens.skipNewlines();
    return { kind: 'for', name, words, body: this.#doGroup(), redirections: [] };
  }

  #forArithmetic(): Command {
    const open = this.#tokens.advance();
    const lexer = this.#lexer;
    if (lexer.text[open.at + 1] !== '(') throw this.#tokens.unexpected();
    lexer.at = open.at + 2;
    const first = lexer.arithmeticUntil(/;/);
    lexer.at++;
    const second = lexer.arithmeticUntil(/;/);
    lexer.at++;
    const third = lexer.arithmeticUntil(/\)/);
    lexer.at += 2;
    if (this.#tokens.peek().raw === ';' && this.#tokens.peek().kind === 'operator') this.#tokens.advance();
    this.#tokens.skipNewlines();
    return { kind: 'for-arithmetic', parts: [first, second, third], body: this.#doGroup(), redirections: [] };
  }

  #doGroup(): List {
    this.#tokens.expectWord('do');
    const body = this.#someList(['done']);
    this.#tokens.expectWord('done');
    return body;
  }

  #case(): Command {
    this.#tokens.advance();
    const word = this.#word();
    this.#tokens.skipNewlines();
    this.#tokens.expectWord('in');
    const branches: CaseBranch[] = [];
    for (;;) {
      this.#tokens.skipNewlines();
      if (this.#tokens.isWord('esac')) break;
      if (this.#tokens.peek().raw === '(') this.#tokens.advance();
      const patterns = [this.#word()];
      while (this.#tokens.peek().raw === '|') {
        this.#tokens.advance();
        patterns.push(this.#word());
      }
      this.#tokens.expect(')');
      const list = this.list([';;', ';&', ';;&', 'esac']);
      const { raw } = this.#tokens.peek();
      const isEnd = raw === ';;' || raw === ';&' || raw === ';;&';
      branches.push({ patterns, list, end: isEnd ? raw : ';;' });
      if (!isEnd) break;
      this.#tokens.advance();
    }
    this.#tokens.skipNewlines();
    this.#tokens.expectWord('esac');
    return { kind: 'case', word, branches, redirections: [] };
  }

  #function(name: string, parenthesisRead: boolean): Command {
    if (!parenthesisRead && this.#tokens.peek().raw === '(') {
      this.#tokens.advance();
      this.#tokens.expect(')');
    }
    this.#tokens.skipNewlines();
    return { kind: 'function', name, body: this.#command(), redirections: [] };
  }

  #condition(): Command {
    this.#tokens.advance();
    const words: Word[] = [];
    for (;;) {
      const token = this.#tokens.peek();
      if (token.kind === 'end') throw this.#tokens.unexpected();
      this.#tokens.advance();
      if (token.kind === 'word' && token.raw === ']]') break;
      if (token.kind === 'word') words.push(token.word);
      else if (token.kind === 'operator') words.push([{ kind: 'text', text: token.raw, quoted: false }]);
    }
    return { kind: 'condition', words, redirections: [] };
  }

  #simple(): Command {
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirections: Redirection[] = [];
    const { line } = this.#lexer;
    for (;;) {
      const redirection = this.#redirection();
      if (redirection !== null) {
        redirections.push(redirection);
        continue;
      }
      const token = this.#tokens.peek();
      if (token.kind !== 'word') break;
      if (
        words.length === 0 &&
        assignments.length === 0 &&
        reserved.includes(token.raw) &&
        token.raw !== 'in'
      )
        throw this.#tokens.unexpected();
      this.#tokens.advance();
      const assignment = words.length === 0 ? asAssignment(token.word) : null;
      if (assignment !== null) assignments.push(assignment);
      else words.push(token.word);
      if (this.#tokens.peek().raw === '(' && assignment !== null && assignment.value.length === 0)
        throw new ShellSyntaxError("arrays: the real shell has them; this simulator's doesn't yet");
      if (
        words.length === 1 &&
        assignments.length === 0 &&
        redirections.length === 0 &&
        this.#tokens.peek().raw === '('
      ) {
        if (!/^[\w.:-]+$/.test(token.raw)) throw this.#tokens.unexpected();
        this.#tokens.advance();
        this.#tokens.expect(')');
        return this.#function(token.raw, true);
      }
    }
    if (words.length + assignments.length + redirections.length === 0) throw this.#tokens.unexpected();
    return { kind: 'simple', line, assignments, words, redirections };
  }

  #redirection(): Redirection | null {
    const token = this.#tokens.peek();
    let descriptor = -1;
    if (token.kind === 'descriptor') {
      descriptor = Number(token.raw);
      this.#tokens.advance();
    }
    const { kind, raw } = this.#tokens.peek();
    if (kind !== 'operator' || !/^(?:[<>]|&>)/.test(raw)) return null;
    this.#tokens.advance();
    const target = this.#tokens.peek();
    if (target.kind !== 'word' && target.kind !== 'descriptor') throw this.#tokens.unexpected();
    this.#tokens.advance();
    const operator = (raw === '<<-' ? '<<' : raw) as Redirection['operator'];
    if (descriptor < 0) descriptor = raw.startsWith('<') ? 0 : 1;
    const word: Word =
      target.kind === 'word' ? target.word : [{ kind: 'text', text: target.raw, quoted: false }];
    const redirection: Redirection = { descriptor, operator, target: word };
    if (operator === '<<') this.#lexer.expectDocument(redirection, target.raw, raw === '<<-');
    return redirection;
  }

  #word(): Word {
    const token = this.#tokens.peek();
    if (token.kind !== 'word') throw this.#tokens.unexpected();
    this.#tokens.advance();
    return token.word;
  }
  #name(): string {
    const token = this.#tokens.peek();
    if (token.kind !== 'word') throw this.#tokens.unexpected();
    this.#tokens.advance();
    if (!/^[A-Za-z_][\w.:-]*$/.test(token.raw))
      throw new ShellSyntaxError(`\`${token.raw}': not a valid identifier`);
    return token.raw;
  }
}
