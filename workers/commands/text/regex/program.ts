/**
 * program — a regular expression as steps of a machine: take a byte, go on at two places, remember a position
 *
 * SEE ALSO  regex.ts, which runs it
 */
import { RegexError, type Assertion, type Node } from './syntax.ts';

export type Step =
  | { kind: 'take'; bytes: Uint8Array; next: number }
  /** the first is preferred */
  | { kind: 'split'; first: number; second: number }
  | { kind: 'save'; slot: number; next: number }
  | { kind: 'assert'; what: Assertion; next: number }
  | { kind: 'match' };

const stepsMax = 20_000;

/** Steps, and where they begin: built from the end, so that each knows what comes after it. */
export interface CompiledSteps {
  steps: readonly Step[];
  start: number;
}

/** @throws RegexError when it is too big */
export function compileSteps(node: Node): CompiledSteps {
  const steps: Step[] = [{ kind: 'match' }];
  const add = (step: Step): number => {
    if (steps.length >= stepsMax) throw new RegexError('Regular expression too big');
    return steps.push(step) - 1;
  };
  const compile = (one: Node, next: number): number => {
    switch (one.kind) {
      case 'empty':
        return next;
      case 'set':
        return add({ kind: 'take', bytes: one.bytes, next });
      case 'assert':
        return add({ kind: 'assert', what: one.what, next });
      case 'sequence':
        return one.nodes.reduceRight((after, part) => compile(part, after), next);
      case 'either':
        return one.nodes
          .map((part) => compile(part, next))
          .reduceRight((second, first) => add({ kind: 'split', first, second }));
      case 'group': {
        const close = add({ kind: 'save', slot: 2 * one.number + 1, next });
        return add({ kind: 'save', slot: 2 * one.number, next: compile(one.node, close) });
      }
      case 'repeat':
        return repeat(one, next);
    }
  };
  const repeat = ({ node: body, min, max }: Extract<Node, { kind: 'repeat' }>, next: number): number => {
    let after = next;
    if (max === Infinity) {
      const loop: Extract<Step, { kind: 'split' }> = { kind: 'split', first: 0, second: next };
      after = add(loop);
      loop.first = compile(body, after);
    } else
      for (let i = min; i < max; i++)
        after = add({ kind: 'split', first: compile(body, after), second: next });
    for (let i = 0; i < min; i++) after = compile(body, after);
    return after;
  };
  return { start: compile(node, 0), steps };
}
