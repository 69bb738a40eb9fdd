/**
 * rules — scripted replies: what a server answers to what, decided by the first rule that fits
 *
 * A rule fits by phase of the dialogue, text of the command, time since the start of the run, number of the
 * connection, how often the same sender and recipient came, how long ago they came first, and how often the
 * rule was used already. Serves the [script] of a receiver, and the far ends of tests and queue scenarios.
 *
 * SEE ALSO  parse-rule.ts (their syntax)
 */
import type { VirtualTime } from '../../os/os.ts';

/** A place in the dialogue where something is answered. */
export type Phase =
  'connect' | 'greeting' | 'helo' | 'mail' | 'rcpt' | 'data' | 'eod' | 'rset' | 'quit' | 'other';

export const phases: readonly Phase[] = Object.freeze([
  'connect',
  'greeting',
  'helo',
  'mail',
  'rcpt',
  'data',
  'eod',
  'rset',
  'quit',
  'other',
]);

/** close: FIN after the reply; hang: never a word again; reset: RST. */
export type RuleAction = 'close' | 'hang' | 'reset';

/** From the first to the last, counted from 1. */
export type Span = readonly [first: number, last: number];

export interface Rule<At extends string = Phase> {
  at: At;
  /** looks at the command line; at eod at the recipients */
  match?: { test(text: string): boolean };
  connection?: Span;
  /** how often the same sender and recipient have come */
  attempt?: Span;
  /** only from then on, since the start of the run */
  fromUs?: VirtualTime;
  /** only before that */
  untilUs?: VirtualTime;
  /** only until so long after the same sender and recipient came first */
  withinUs?: number;
  /** only the first so many times */
  times?: number;
  delayUs?: number;
  action?: RuleAction;
  /** lines joined by LF */
  reply?: string;
}

/** What is to be answered, and to whom. */
export interface Question<At extends string = Phase> {
  at: At;
  line: string;
  /** at rcpt: sender and recipient */
  key: string;
  connection: number;
  now: VirtualTime;
}

const keysMax = 10_000;

/** Rules with what they remember; At: the names of the places, where they are not the phases above. */
export class RuleBook<At extends string = Phase> {
  readonly rules: readonly Rule<At>[];
  readonly #used: number[];
  readonly #firstSeen = new Map<string, VirtualTime>();
  readonly #attempts = new Map<string, number>();

  constructor(rules: readonly Rule<At>[]) {
    this.rules = rules;
    this.#used = rules.map(() => 0);
  }

  /** How often a rule has been used. */
  used(rule: number): number {
    return this.#used[rule] ?? 0;
  }

  /** The number of the rule that decides, counted as used; -1: none fits. */
  decide(question: Question<At>): number {
    const attempt = question.at === 'rcpt' ? this.#countAttempt(question.key) : 0;
    const found = this.rules.findIndex((rule, i) => this.#fits(rule, i, question, attempt));
    if (found >= 0) this.#used[found]!++;
    return found;
  }

  #fits(rule: Rule<At>, index: number, question: Question<At>, attempt: number): boolean {
    const { at, line, key, connection, now } = question;
    if (rule.at !== at) return false;
    if (rule.match !== undefined && !rule.match.test(line)) return false;
    if (rule.untilUs !== undefined && now >= rule.untilUs) return false;
    if (rule.fromUs !== undefined && now < rule.fromUs) return false;
    if (!isWithin(connection, rule.connection) || !isWithin(attempt, rule.attempt)) return false;
    if (rule.withinUs !== undefined && now - this.#sawFirst(key, now) >= rule.withinUs) return false;
    return rule.times === undefined || this.#used[index]! < rule.times;
  }

  #sawFirst(key: string, now: VirtualTime): VirtualTime {
    const first = this.#firstSeen.get(key) ?? now;
    remember(this.#firstSeen, key, first);
    return first;
  }

  #countAttempt(key: string): number {
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    remember(this.#attempts, key, attempt);
    return attempt;
  }
}

function isWithin(number: number, span: Span | undefined): boolean {
  return span === undefined || (number >= span[0] && number <= span[1]);
}

// The oldest makes room.
function remember(map: Map<string, number>, key: string, value: number): void {
  if (map.size >= keysMax && !map.has(key)) map.delete(map.keys().next().value!);
  map.set(key, value);
}
