/**
 * scripted — the rules of [script] as a personality; its state tells how often each was used
 */
import type { Proc } from '../../os/os.ts';

import { epochSeconds, formatInstant } from './instant.ts';
import { RuleBook, type Rule } from './rules.ts';
import type { StateTable } from './state-table.ts';
import type { Occasion, Personality, Talk, Verdict } from './talk.ts';

/** The personality. */
export class Scripted implements Personality {
  readonly #book: RuleBook;
  readonly #texts: readonly string[];
  readonly #table: StateTable;

  constructor(rules: readonly Rule[], texts: readonly string[], table: StateTable) {
    this.#book = new RuleBook(rules);
    this.#texts = texts;
    this.#table = table;
  }

  *judge({ os, sender, connection }: Talk, { at, line, recipient }: Occasion): Proc<Verdict | null> {
    const key = `${sender ?? ''} ${recipient}`;
    const index = this.#book.decide({ at, line, key, connection, now: os.now() });
    const rule = this.#book.rules[index];
    if (rule === undefined) return null;
    const used = String(this.#book.used(index));
    yield* this.#table.set(os, [this.#texts[index]!], [used, formatInstant(epochSeconds(os))]);
    return rule;
  }
}
