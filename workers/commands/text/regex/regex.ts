/**
 * regex — regular expressions in time linear in the text, whatever the pattern
 *
 * All ways through the pattern are followed side by side, so that no pattern makes it go back. Whether a line
 * matches at all is asked of an automaton made as it is used; where it matches, and its groups, are found by
 * following the ways with their positions. Of the matches the leftmost, of those the longest.
 *
 * SIMPLIFIED: POSIX's rule for which text a group inside a repeated alternative has is not followed to the
 * letter: the alternative written first wins.
 *
 * SEE ALSO  syntax.ts, program.ts
 */
import { compileSteps, type Step } from './program.ts';
import { isWordByte, parseRegex, type Assertion, type Dialect, type Node } from './syntax.ts';

export { RegexError } from './syntax.ts';

/** Positions: start and end of the whole, then of each group; -1 = the group took no part. */
export type Match = readonly number[];

export interface Regex {
  readonly groups: number;
  test(text: string): boolean;
  exec(text: string, from?: number): Match | null;
}

/** @throws RegexError */
export function compileRegex(source: string, dialect: Dialect): Regex {
  const { node, groups } = parseRegex(source, dialect);
  const literal = literalOf(node);
  if (literal !== null && literal !== '') return new Literal(literal);
  return new Machine(node, groups);
}

class Literal implements Regex {
  readonly groups = 0;
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  test(text: string): boolean {
    return text.includes(this.#text);
  }
  exec(text: string, from = 0): Match | null {
    const at = text.indexOf(this.#text, from);
    return at < 0 ? null : [at, at + this.#text.length];
  }
}

/** The text that a pattern without anything special stands for. */
function literalOf(node: Node): string | null {
  const nodes = node.kind === 'sequence' ? node.nodes : [node];
  let text = '';
  for (const one of nodes) {
    if (one.kind !== 'set') return null;
    const first = one.bytes.indexOf(1);
    if (first < 0 || one.bytes.indexOf(1, first + 1) >= 0) return null;
    text += String.fromCharCode(first);
  }
  return text;
}

/** A state of the automaton: the steps at which a byte is waited for. */
interface State {
  readonly places: readonly number[];
  readonly matches: boolean;
  /** with "$" taken as true */
  readonly matchesAtEnd: boolean;
  readonly next: (State | null)[];
}

const statesMax = 500;

class Machine implements Regex {
  readonly groups: number;
  readonly #steps: readonly Step[];
  readonly #start: number;
  readonly #looksAround: boolean;
  #states = new Map<string, State>();

  constructor(node: Node, groups: number) {
    this.groups = groups;
    const { steps, start } = compileSteps(node);
    this.#steps = steps;
    this.#start = start;
    this.#looksAround = steps.some(
      (step) => step.kind === 'assert' && step.what !== 'start' && step.what !== 'end',
    );
  }

  test(text: string): boolean {
    if (this.#looksAround) return this.#follow(text, 0) !== null;
    let state = this.#state([this.#start], true);
    for (let at = 0; at < text.length; at++) {
      if (state.matches) return true;
      const code = text.charCodeAt(at) & 0xff;
      state = state.next[code] ??= this.#after(state, code);
    }
    return state.matches || state.matchesAtEnd;
  }

  exec(text: string, from = 0): Match | null {
    if (from === 0 && !this.test(text)) return null;
    return this.#follow(text, from);
  }

  #after(state: State, code: number): State {
    const places: number[] = [];
    for (const place of state.places) {
      const step = this.#steps[place]!;
      if (step.kind === 'take' && step.bytes[code] === 1) places.push(step.next);
    }
    places.push(this.#start); // a match may begin anywhere
    return this.#state(places, false);
  }

  #state(from: readonly number[], isStart: boolean): State {
    const reached = this.#closure(from, isStart, false);
    const places = reached.filter((place) => this.#steps[place]!.kind !== 'match').sort((a, b) => a - b);
    const matches = places.length < reached.length;
    const key = `${isStart ? '^' : ''}${places.join()}${matches ? '!' : ''}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const matchesAtEnd = this.#closure(from, isStart, true).some(
      (place) => this.#steps[place]!.kind === 'match',
    );
    const state: State = { places, matches, matchesAtEnd, next: [] };
    if (this.#states.size >= statesMax) this.#states = new Map();
    this.#states.set(key, state);
    return state;
  }

  /** The steps that can be reached without taking a byte. */
  #closure(from: readonly number[], isStart: boolean, isEnd: boolean): number[] {
    const seen = new Set<number>();
    const reached: number[] = [];
    const stack = [...from];
    while (stack.length > 0) {
      const place = stack.pop()!;
      if (seen.has(place)) continue;
      seen.add(place);
      const step = this.#steps[place]!;
      if (step.kind === 'split') stack.push(step.second, step.first);
      else if (step.kind === 'save') stack.push(step.next);
      else if (step.kind === 'assert') {
        if (step.what === 'start' ? isStart : isEnd) stack.push(step.next);
        else reached.push(place); // it matters to what the state is
      } else reached.push(place);
    }
    return reached;
  }

  /** The leftmost, longest match from a position on, with its groups. */
  #follow(text: string, from: number): Match | null {
    let best: number[] | null = null;
    let threads: Thread[] = [];
    const marks = new Int32Array(this.#steps.length).fill(-1);
    for (let at = from; at <= text.length; at++) {
      const now: Thread[] = [];
      const code = at > 0 ? text.charCodeAt(at - 1) & 0xff : -1;
      for (const thread of threads) {
        const step = this.#steps[thread.place] as Extract<Step, { kind: 'take' }>;
        if (best !== null && thread.slots[0]! > best[0]!) break;
        if (step.bytes[code] === 1)
          this.#add(now, marks, { place: step.next, slots: thread.slots }, text, at);
      }
      if (best === null) this.#add(now, marks, { place: this.#start, slots: [at, -1] }, text, at);
      threads = [];
      for (const thread of now) {
        if (this.#steps[thread.place]!.kind !== 'match') threads.push(thread);
        else if (
          best === null ||
          thread.slots[0]! < best[0]! ||
          (thread.slots[0] === best[0] && at > best[1]!)
        ) {
          best = [...thread.slots];
          best[1] = at;
        }
      }
      if (threads.length === 0 && best !== null) break;
    }
    if (best !== null) for (let slot = 2; slot < 2 * this.groups + 2; slot++) best[slot] ??= -1;
    return best;
  }

  #add(list: Thread[], marks: Int32Array, first: Thread, text: string, at: number): void {
    const stack = [first];
    while (stack.length > 0) {
      const { place, slots } = stack.pop()!;
      if (marks[place] === at) continue;
      marks[place] = at;
      const step = this.#steps[place]!;
      if (step.kind === 'split') stack.push({ place: step.second, slots }, { place: step.first, slots });
      else if (step.kind === 'save') {
        const saved = [...slots];
        while (saved.length < step.slot) saved.push(-1);
        saved[step.slot] = at;
        stack.push({ place: step.next, slots: saved });
      } else if (step.kind === 'assert') {
        if (holds(step.what, text, at)) stack.push({ place: step.next, slots });
      } else list.push({ place, slots });
    }
  }
}

/** A way through the pattern. */
interface Thread {
  readonly place: number;
  readonly slots: readonly number[];
}

function holds(what: Assertion, text: string, at: number): boolean {
  const before = at > 0 && isWordByte(text.charCodeAt(at - 1));
  const after = at < text.length && isWordByte(text.charCodeAt(at));
  switch (what) {
    case 'start':
      return at === 0;
    case 'end':
      return at === text.length;
    case 'word-start':
      return !before && after;
    case 'word-end':
      return before && !after;
    case 'boundary':
      return before !== after;
    case 'no-boundary':
      return before === after;
  }
}
