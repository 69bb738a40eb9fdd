/**
 * compound — if, while, until, for, case, groups, subshells, functions, (( … )) and [[ … ]]
 */
import type { Proc } from '../../os/os.ts';

import type { Command, List, Word } from './ast.ts';
import { arithmetic, expandPattern, expandText, expandWords } from './expand.ts';
import { matchesGlob } from './glob.ts';
import type { Shell } from './shell.ts';
import { evaluateTest, TestError, type Operand } from './test-expression.ts';
import { Unwind } from './unwind.ts';

type Compound = Exclude<Command, { kind: 'simple' }>;

/** @returns the exit status */
export function* runCompound(shell: Shell, command: Compound): Proc<number> {
  switch (command.kind) {
    case 'group':
      return yield* shell.run(command.list);
    case 'subshell': {
      const forked = yield* shell.fork('bash', new Map(shell.descriptors), (inner) =>
        inner.run(command.list),
      );
      if (forked === null) return 254;
      yield* forked.handle.join();
      return forked.ended.status;
    }
    case 'if':
      return yield* runIf(shell, command);
    case 'while':
    case 'until':
      return yield* runWhile(shell, command);
    case 'for':
      return yield* runFor(shell, command);
    case 'for-arithmetic':
      return yield* runForArithmetic(shell, command);
    case 'case':
      return yield* runCase(shell, command);
    case 'function':
      shell.state.functions.set(command.name, command.body);
      return 0;
    case 'arithmetic':
      return (yield* arithmetic(shell, command.source)) === 0n ? 1 : 0;
    case 'condition':
      return yield* runCondition(shell, command.words);
  }
}

/** A list whose failure is an answer and no error. */
function* test(shell: Shell, list: List): Proc<boolean> {
  shell.tolerant++;
  try {
    return (yield* shell.run(list)) === 0;
  } finally {
    shell.tolerant--;
  }
}

function* runIf(shell: Shell, command: Extract<Command, { kind: 'if' }>): Proc<number> {
  for (const branch of command.branches)
    if (yield* test(shell, branch.test)) return yield* shell.run(branch.then);
  return command.otherwise === null ? 0 : yield* shell.run(command.otherwise);
}

function* runWhile(shell: Shell, command: Extract<Command, { kind: 'while' | 'until' }>): Proc<number> {
  let status = 0;
  for (;;) {
    const round = yield* inLoop(function* () {
      if ((yield* test(shell, command.test)) !== (command.kind === 'while')) return 'done';
      status = yield* shell.run(command.body);
      return 'next';
    });
    if (round === 'left') return 0;
    if (round === 'done') return status;
  }
}

function* runFor(shell: Shell, command: Extract<Command, { kind: 'for' }>): Proc<number> {
  const words = command.words === null ? shell.state.positional : yield* expandWords(shell, command.words);
  let status = 0;
  for (const word of words) {
    shell.state.set(command.name, word);
    const round = yield* inLoop(function* () {
      yield* shell.cpu.use(1);
      status = yield* shell.run(command.body);
      return 'next';
    });
    if (round === 'left') return 0;
  }
  return status;
}

function* runForArithmetic(
  shell: Shell,
  command: Extract<Command, { kind: 'for-arithmetic' }>,
): Proc<number> {
  const [first, second, third] = command.parts;
  const isEmpty = (word: Word): boolean =>
    word.every((part) => part.kind === 'text' && part.text.trim() === '');
  yield* arithmetic(shell, first);
  let status = 0;
  while (isEmpty(second) || (yield* arithmetic(shell, second)) !== 0n) {
    const round = yield* inLoop(function* () {
      yield* shell.cpu.use(1);
      status = yield* shell.run(command.body);
      return 'next';
    });
    if (round === 'left') return 0;
    yield* arithmetic(shell, third);
  }
  return status;
}

/** One round: break and continue end here when they mean this loop. */
function* inLoop(round: () => Proc<'next' | 'done'>): Proc<'next' | 'done' | 'left'> {
  try {
    return yield* round();
  } catch (error) {
    if (!(error instanceof Unwind) || (error.kind !== 'break' && error.kind !== 'continue')) throw error;
    if (error.levels > 1) throw new Unwind(error.kind, { levels: error.levels - 1 });
    return error.kind === 'break' ? 'left' : 'next';
  }
}

function* runCase(shell: Shell, command: Extract<Command, { kind: 'case' }>): Proc<number> {
  const text = yield* expandText(shell, command.word);
  let status = 0;
  let goesOn = false;
  for (const branch of command.branches) {
    let matches = goesOn;
    for (const pattern of matches ? [] : branch.patterns)
      if (matchesGlob(yield* expandPattern(shell, pattern), text)) {
        matches = true;
        break;
      }
    if (!matches) continue;
    status = branch.list.length === 0 ? 0 : yield* shell.run(branch.list);
    if (branch.end === ';;') return status;
    goesOn = branch.end === ';&';
  }
  return status;
}

function* runCondition(shell: Shell, words: readonly Word[]): Proc<number> {
  const operands: Operand[] = [];
  for (const word of words) {
    const [part] = word;
    const isOperator = word.length === 1 && part?.kind === 'text' && !part.quoted;
    operands.push({
      text: yield* expandText(shell, word),
      pattern: yield* expandPattern(shell, word),
      isOperator,
    });
  }
  try {
    return evaluateTest(operands, {
      ...shell.state,
      files: shell.os.files,
      get: (name) => shell.state.get(name),
      double: true,
    })
      ? 0
      : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    yield* shell.complain(error.text);
    return 2;
  }
}
