/**
 * define-experiment — what an experiment is: a small world, what is done in it, a question, and where the answer shows
 *
 * Data plus pure checks: an option is right when its check holds in the trace at the end, never because it is
 * written down as right.
 */
import type { Input, Run } from '../../workers/input.ts';

import type { Check, LessonEvent } from './check.ts';

export type { Input } from '../../workers/input.ts';

/** The view in which something is shown: a tab of the stage, or of the lower pane. */
export type ShownIn = 'map' | 'ladder' | 'queues' | 'message' | 'dns' | 'mta' | 'events' | 'log';

/** Something to look at once it was played: the first (or the last) event that fits, selected in a view. */
export interface Evidence {
  id: string;
  view: ShownIn;
  finds: (event: LessonEvent) => boolean;
  which?: 'first' | 'last';
  /** select the host on which it happened instead: for views that show a host */
  host?: true;
}

/** What may be predicted, and the check that tells at the end whether it is what happened. */
export interface Outcome {
  id: string;
  happens: Check;
}

export interface Experiment {
  id: string;
  world: Run['world'];
  /** what is done in it, once a prediction is made */
  inputs: Input[];
  /** virtual seconds after which every check holds as it will stay */
  endsAtS: number;
  /** id of the speed at which it is played (src/sim/speeds.ts) */
  speed: 'slow' | 'story' | 'real' | 'minute' | 'hour';
  outcomes: Outcome[];
  evidence: Evidence[];
}

/** The words of an experiment in one language; keys as the experiment names them. */
export interface ExperimentText {
  title: string;
  /** on its card: what one would not expect, as a question */
  teaser: string;
  /** on its card: one to three lines as they stand in a zone, a queue or a log */
  sign: string[];
  /** what to try, in at most 80 words */
  tries: string[];
  question: string;
  outcomes: Record<string, string>;
  /** why it is so */
  why: string[];
  /** what each piece of evidence shows */
  evidence: Record<string, string>;
  /** where it is written: "RFC 5321 §5.1" and what it says there, in our own words */
  references: { name: string; says: string }[];
  /** what to change next */
  next: string;
}

export const wordsMax = 80;

/** Checks that an experiment can be asked and shown. @throws Error saying what is wrong */
export function defineExperiment(experiment: Experiment): Experiment {
  const { id, outcomes, evidence, inputs, endsAtS } = experiment;
  if (outcomes.length < 2 || outcomes.length > 4)
    throw new Error(`experiment ${id}: expected 2 to 4 outcomes, found ${outcomes.length}`);
  for (const all of [outcomes, evidence]) {
    const ids = all.map((one) => one.id);
    const twice = ids.find((one, i) => ids.indexOf(one) !== i);
    if (twice !== undefined) throw new Error(`experiment ${id}: the id "${twice}" is used twice`);
  }
  const late = inputs.find(({ at }, i) => at >= endsAtS * 1e6 || at < (inputs[i - 1]?.at ?? 0));
  if (late !== undefined)
    throw new Error(
      `experiment ${id}: expected inputs in order before ${endsAtS} s, found one at ${late.at} µs`,
    );
  return experiment;
}
