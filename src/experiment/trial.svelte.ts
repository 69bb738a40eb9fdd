/**
 * trial — one experiment being tried: a prediction, the run that answers it, and what shows the answer
 *
 * The run holds its inputs from the start; the clock stands until there is a prediction. What happened is read from
 * the trace by the experiment's checks.
 */
import type { Evidence, Experiment, ExperimentText } from '../../lessons/dsl/define-experiment.ts';
import type { LessonEvent } from '../../lessons/dsl/check.ts';
import type { EventId, Run } from '../../workers/api.ts';

import type { Session } from '../sim/session.svelte.ts';
import { speeds } from '../sim/speeds.ts';

import { keepTried, type Verdict } from './tried.ts';

const second = 1_000_000;

/** What the trial needs of a session to read its trace. */
export type ReadTrace = Pick<Session, 'store' | 'names'>;

/** One visitor in one experiment. */
export class Trial {
  readonly experiment: Experiment;
  readonly text: ExperimentText;
  readonly endsAt: number;
  /** the option predicted; null = none yet */
  predicted = $state<string | null>(null);
  /** the outcome that happened; null = not known yet, '' = none of them */
  happened = $state<string | null>(null);
  verdict = $state<Verdict | null>(null);
  skipping = $state(false);
  readonly #session: Session;
  #looked = false;

  constructor(session: Session, experiment: Experiment, text: ExperimentText) {
    this.#session = session;
    this.experiment = experiment;
    this.text = text;
    this.endsAt = experiment.endsAtS * second;
    session.speed = speeds.find(({ id }) => id === experiment.speed) ?? session.speed;
    session.veiled = true;
  }

  /** How far it has come, 0–1. */
  readonly progress = $derived.by(() => Math.min(1, this.#session.now / this.endsAt));

  /** The prediction runs the world. */
  async predict(option: string): Promise<void> {
    if (this.predicted !== null) return;
    this.predicted = option;
    this.#session.veiled = false;
    await this.#session.play(this.endsAt);
  }

  async skip(): Promise<void> {
    this.skipping = true;
    await this.#session.pause();
    await this.#session.skipTo(this.endsAt);
    this.skipping = false;
  }

  /** Takes in how far the clock came. */
  follow(): void {
    const session = this.#session;
    if (this.predicted === null) {
      if (session.now >= this.experiment.inputs[0]!.at) this.#looked = true;
      if (session.playing) void session.pause();
      return;
    }
    if (this.happened !== null || session.now < this.endsAt) return;
    this.happened = outcomeOf(this.experiment, session) ?? '';
    this.verdict = this.#looked ? 'looked' : this.happened === this.predicted ? 'right' : 'surprised';
    void keepTried(this.experiment.id, this.verdict);
  }

  /** Goes back to the instant of the evidence and selects it. */
  look(evidence: Evidence): void {
    const found = findEvidence(evidence, this.#session);
    if (found === null) return;
    const { event, at, hostIndex } = found;
    this.#session.seek(at);
    this.#session.select(
      evidence.host === true ? { kind: 'host', host: hostIndex } : { kind: 'event', id: event },
    );
  }

  /** The run as it stands, to go on from in the sandbox. */
  run(): Promise<Run> {
    return this.#session.save();
  }
}

/** The run of an experiment: everything that will be done in it is there from the start. */
export function runOf({ world, inputs }: Experiment, version: string): Run {
  return { version, world, seed: 1, inputs: [...inputs] };
}

/** @returns the id of the outcome whose check holds; null when none does, or more than one */
export function outcomeOf({ outcomes, endsAtS }: Experiment, trace: ReadTrace): string | null {
  const states = outcomes.map(({ happens }) => happens.start);
  for (const event of eventsOf(trace, endsAtS * second))
    for (const [i, { happens }] of outcomes.entries()) states[i] = happens.step(states[i]!, event);
  const held = outcomes.filter(({ happens }, i) => happens.done(states[i]!));
  return held.length === 1 ? held[0]!.id : null;
}

/** @returns null when the trace holds no such event */
export function findEvidence(
  { finds, which }: Evidence,
  trace: ReadTrace,
): { event: EventId; at: number; hostIndex: number } | null {
  let found: LessonEvent | null = null;
  for (const event of eventsOf(trace, Infinity)) {
    if (!finds(event)) continue;
    found = event;
    if (which !== 'last') break;
  }
  return found === null ? null : { event: found.id, at: found.at, hostIndex: found.hostIndex };
}

function* eventsOf({ store, names }: ReadTrace, until: number): Generator<LessonEvent> {
  for (let i = 0; i < store.length && store.time(i) <= until; i++) {
    const event = store.event(i);
    if (event !== null) yield { ...event, host: names.full(event.hostIndex) };
  }
}
