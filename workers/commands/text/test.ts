/**
 * test — test and [: questions about files, texts and numbers; true, false and pwd
 */
import { evaluateTest, TestError } from '../shell/test-expression.ts';
import type { RawTool } from '../shell/tool.ts';

export const test: RawTool = {
  summary: 'ask about files, texts and numbers: [ -f FILE ], [ "$a" = "$b" ], [ "$n" -gt 3 ]',
  synopsis: 'EXPRESSION',
  description: `-f -d -e -s -r -w FILE; -z -n TEXT; = != < >; -eq -ne -lt -le -gt -ge; -nt -ot; ! -a -o ( )`,
  *run(me) {
    let words = me.args;
    if (me.name === '[') {
      if (words.at(-1) !== ']') return yield* me.fail("missing `]'", 2);
      words = words.slice(0, -1);
    }
    const operands = words.map((text) => ({ text, pattern: text, isOperator: true }));
    const { files } = me.os;
    const get = (name: string): string | undefined => me.environment.get(name);
    try {
      return evaluateTest(operands, { files, directory: me.directory, get, double: false }) ? 0 : 1;
    } catch (error) {
      if (error instanceof TestError) return yield* me.fail(error.text, 2);
      throw error;
    }
  },
};

export const trueTool: RawTool = {
  summary: 'succeed',
  synopsis: '',
  *run() {
    return 0;
  },
};

export const falseTool: RawTool = {
  summary: 'fail',
  synopsis: '',
  *run() {
    return 1;
  },
};

export const pwd: RawTool = {
  summary: 'the directory you are in',
  synopsis: '',
  *run(me) {
    yield* me.print(`${me.directory}\n`);
    return 0;
  },
};
