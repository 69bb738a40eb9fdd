// The fuzzer: inputs by number, each from its own dice, so that any of them can be made again; the smallest that fails.
import { concat } from '../../workers/bytes/concat.ts';

import { Dice } from '../dice.ts';

import { sessionTarget } from './sessions.ts';
import type { Target } from './target.ts';
import { textTargets } from './text-targets.ts';
import { wireTargets } from './wire-targets.ts';

/** More CPU time than this for one input is a finding. */
const cpuMsMax = 2000;
const shrinkTriesMax = 2000;

/** An input that something went wrong with. */
export interface Finding {
  target: string;
  seed: number;
  input: number;
  error: string;
  /** the input, as small as it was made */
  smallest: Uint8Array[];
}

/** All targets; inputs are spread over them by their shares. */
export function allTargets(): Target[] {
  return [...wireTargets(), ...textTargets(), sessionTarget()];
}

export class Fuzzer {
  readonly #targets: readonly Target[];
  readonly #seed: number;
  readonly #shares: number;
  /** by target: inputs played, and milliseconds they took */
  readonly counts = new Map<string, { inputs: number; ms: number }>();

  constructor(seed: number, targets: readonly Target[] = allTargets()) {
    this.#seed = seed;
    this.#targets = targets;
    this.#shares = targets.reduce((sum, { share }) => sum + share, 0);
    for (const { name } of targets) this.counts.set(name, { inputs: 0, ms: 0 });
  }

  /** Plays input number `input`. @returns what went wrong; null = nothing */
  play(input: number): Finding | null {
    const dice = new Dice(this.#seed, input);
    const target = this.#targetOf(dice.below(this.#shares));
    const started = performance.now();
    const pieces = target.make(dice);
    const error = errorOf(target, pieces);
    const count = this.counts.get(target.name)!;
    count.inputs++;
    count.ms += performance.now() - started;
    if (error === null) return null;
    return {
      target: target.name,
      seed: this.#seed,
      input,
      error,
      smallest: smallestOf(target, pieces, error),
    };
  }

  /** An input, and whose it is, without playing it. */
  make(input: number): { target: string; pieces: Uint8Array[] } {
    const dice = new Dice(this.#seed, input);
    const target = this.#targetOf(dice.below(this.#shares));
    return { target: target.name, pieces: target.make(dice) };
  }

  #targetOf(place: number): Target {
    let rest = place;
    return this.#targets.find(({ share }) => (rest -= share) < 0)!;
  }
}

function errorOf(target: Target, pieces: readonly Uint8Array[]): string | null {
  const before = process.cpuUsage();
  try {
    target.check(pieces);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ''}` : String(error);
  }
  const { user } = process.cpuUsage(before);
  return user > cpuMsMax * 1000 ? `takes ${Math.round(user / 1000)} ms of CPU time` : null;
}

/** Leaves out and shortens pieces as long as the same thing goes wrong. */
function smallestOf(target: Target, pieces: readonly Uint8Array[], error: string): Uint8Array[] {
  const what = kindOf(error);
  let tries = what.startsWith('takes') ? 20 : shrinkTriesMax;
  const fails = (candidate: readonly Uint8Array[]): boolean => {
    if (tries-- <= 0) return false;
    const found = errorOf(target, candidate);
    return found !== null && kindOf(found) === what;
  };
  let current = [...pieces];
  for (let i = current.length - 1; i >= 0; i--) {
    const without = current.filter((_, j) => j !== i);
    if (fails(without)) current = without;
  }
  for (let i = 0; i < current.length; i++)
    for (let cut = current[i]!.length; cut >= 1; cut >>= 1)
      for (let at = 0; at < current[i]!.length;) {
        const piece = current[i]!;
        const shorter = concat([piece.subarray(0, at), piece.subarray(at + cut)]).slice();
        const candidate = current.map((one, j) => (j === i ? shorter : one));
        if (shorter.length < piece.length && fails(candidate)) current = candidate;
        else at += cut;
      }
  return current;
}

/** The first line, without what differs from input to input. */
function kindOf(error: string): string {
  return error.split('\n')[0]!.replaceAll(/[\dA-F]+/g, '#');
}
