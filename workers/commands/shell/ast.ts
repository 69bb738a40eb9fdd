/**
 * ast — what a command line of the shell is made of
 *
 * STANDARDS  POSIX.1-2017, Shell Command Language (XCU chapter 2), with bash's [[ … ]], (( … )) and <<<
 */

/** Part of a word. quoted: neither split nor taken as a pattern. */
export type Part =
  | { kind: 'text'; text: string; quoted: boolean }
  | { kind: 'tilde' }
  /** ${name}, ${name:-word} and the like */
  | { kind: 'variable'; name: string; operator: string; word: Word; replacement: Word; quoted: boolean }
  | { kind: 'command'; list: List; quoted: boolean }
  | { kind: 'arithmetic'; source: Word; quoted: boolean };
export type Word = readonly Part[];

export interface Redirection {
  descriptor: number;
  operator: '>' | '>>' | '<' | '>&' | '<&' | '<<' | '<<<' | '&>' | '&>>' | '>|' | '<>';
  /** the file, the descriptor, or the text; a here-document's is set when its lines have been read */
  target: Word;
}

export interface Assignment {
  name: string;
  value: Word;
  append: boolean;
}

export type Command =
  | { kind: 'simple'; line: number; assignments: Assignment[]; words: Word[]; redirections: Redirection[] }
  | { kind: 'group' | 'subshell'; list: List; redirections: Redirection[] }
  | {
      kind: 'if';
      branches: { test: List; then: List }[];
      otherwise: List | null;
      redirections: Redirection[];
    }
  | { kind: 'while' | 'until'; test: List; body: List; redirections: Redirection[] }
  | { kind: 'for'; name: string; words: Word[] | null; body: List; redirections: Redirection[] }
  | { kind: 'for-arithmetic'; parts: [Word, Word, Word]; body: List; redirections: Redirection[] }
  | { kind: 'case'; word: Word; branches: CaseBranch[]; redirections: Redirection[] }
  | { kind: 'function'; name: string; body: Command; redirections: Redirection[] }
  | { kind: 'arithmetic'; source: Word; redirections: Redirection[] }
  | { kind: 'condition'; words: Word[]; redirections: Redirection[] };

export interface CaseBranch {
  patterns: Word[];
  list: List;
  /** ";;" stops, ";&" goes on into the next branch, ";;&" looks at the next patterns */
  end: ';;' | ';&' | ';;&';
}

export interface Pipeline {
  negated: boolean;
  commands: Command[];
  /** "|&" before command i + 1: standard error goes along */
  withErrors: boolean[];
}

/** Pipelines joined by && and ||. */
export interface AndOr {
  first: Pipeline;
  rest: { operator: '&&' | '||'; pipeline: Pipeline }[];
  background: boolean;
  /** as it was typed, for jobs */
  text: string;
}
export type List = readonly AndOr[];

/** The program that a command runs, as far as it can be told before; else the shell. */
export function nameOfCommand(command: Command): string {
  const [part, ...more] = command.kind === 'simple' ? (command.words[0] ?? []) : [];
  const isLiteral = part?.kind === 'text' && more.length === 0;
  return isLiteral ? part.text.slice(part.text.lastIndexOf('/') + 1) : 'bash';
}

/** NAME=word or NAME+=word, with the name unquoted; null = it is none. */
export function asAssignment(word: Word): Assignment | null {
  const [first, ...rest] = word;
  if (first?.kind !== 'text' || first.quoted) return null;
  const match = /^([A-Za-z_]\w*)(\+?)=/.exec(first.text);
  if (match === null) return null;
  const text = first.text.slice(match[0].length);
  const value: Word = text === '' ? rest : [{ kind: 'text', text, quoted: false }, ...rest];
  return { name: match[1]!, value, append: match[2] === '+' };
}
