/**
 * tree — what an awk program is made of
 */

/** A program that cannot be read or run. */
export class AwkError {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Expr =
  | { kind: 'number'; value: number }
  | { kind: 'string'; value: string }
  | { kind: 'regex'; source: string }
  | { kind: 'variable'; name: string }
  | { kind: 'field'; index: Expr }
  | { kind: 'element'; name: string; keys: Expr[] }
  | { kind: 'in'; keys: Expr[]; name: string }
  | { kind: 'assign'; target: Expr; operator: string; value: Expr }
  | { kind: 'step'; target: Expr; by: number; prefix: boolean }
  | { kind: 'binary'; operator: string; left: Expr; right: Expr }
  | { kind: 'unary'; operator: string; operand: Expr }
  | { kind: 'conditional'; test: Expr; yes: Expr; no: Expr }
  | { kind: 'call'; name: string; args: Expr[] }
  | { kind: 'getline'; target: Expr | null; file: Expr | null };

export type Stmt =
  | { kind: 'block'; body: Stmt[] }
  | { kind: 'expression'; value: Expr }
  | { kind: 'print'; args: Expr[]; format: boolean; to: { operator: string; file: Expr } | null }
  | { kind: 'if'; test: Expr; then: Stmt; otherwise: Stmt | null }
  | { kind: 'for'; first: Stmt | null; test: Expr | null; step: Stmt | null; body: Stmt; after: boolean }
  | { kind: 'for-in'; name: string; array: string; body: Stmt }
  | { kind: 'delete'; name: string; keys: Expr[] }
  | {
      kind: 'jump';
      what: 'next' | 'break' | 'continue' | 'exit' | 'return' | 'nextfile';
      value: Expr | null;
    };

export interface Rule {
  when: 'BEGIN' | 'END' | 'line';
  from: Expr | null;
  to: Expr | null;
  body: Stmt | null;
}
export interface AwkProgram {
  rules: Rule[];
  functions: Map<string, { parameters: string[]; body: Stmt }>;
}
