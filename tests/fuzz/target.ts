// What is fuzzed: a thing that takes bytes and says when something went wrong with them.
import { concat } from '../../workers/bytes/concat.ts';
import * as utf8 from '../../workers/bytes/utf8.ts';

import type { Dice } from '../dice.ts';

import { mutate } from './mutate.ts';

export interface Target {
  readonly name: string;
  /** inputs of it among a thousand of all */
  readonly share: number;
  /** The input of these dice: pieces, which may be left out or shortened to find the smallest that fails. */
  make(dice: Dice): Uint8Array[];
  /** @throws when something is wrong: not for bad input, which is what it is given */
  check(pieces: readonly Uint8Array[]): void;
}

/** A parser of whole inputs. */
export interface Parser {
  name: string;
  share: number;
  seeds: readonly (string | Uint8Array)[];
  /** words of the format */
  words?: readonly string[];
  /** an input by a grammar, made instead of a mutation for half of all */
  grammar?: (dice: Dice) => string;
  parse: (bytes: Uint8Array, text: string) => unknown;
  /** what it may throw at bad input */
  refusals?: readonly (abstract new (...args: never[]) => Error)[];
}

/** A target whose parser must return or refuse. */
export function parserTarget(parser: Parser): Target {
  const seeds = parser.seeds.map((seed) => (typeof seed === 'string' ? utf8.encode(seed) : seed));
  const words = (parser.words ?? []).map((word) => utf8.encode(word));
  const refusals = parser.refusals ?? [];
  return {
    name: parser.name,
    share: parser.share,
    make(dice) {
      if (parser.grammar === undefined || dice.once(2)) return [mutate(dice, seeds, words)];
      const text = utf8.encode(parser.grammar(dice));
      return [dice.once(3) ? mutate(dice, [text], words) : text];
    },
    check(pieces) {
      const bytes = concat([...pieces]);
      try {
        parser.parse(bytes, utf8.decode(bytes));
      } catch (error) {
        if (!refusals.some((refusal) => error instanceof refusal)) throw error;
      }
    },
  };
}
