/** tried — which experiments were tried in this browser, and how the prediction fared */
import { keepValue, keptValue } from '../sim/kept-work.ts';

export type Verdict = 'right' | 'surprised' | 'looked';

type Tried = Record<string, Verdict>;

const keptAs = 'experiments';
const verdicts: readonly string[] = ['right', 'surprised', 'looked'] satisfies Verdict[];

/** By the id of the experiment; what cannot be read counts as not tried. */
export async function triedExperiments(): Promise<ReadonlyMap<string, Verdict>> {
  const kept = await keptValue<unknown>(keptAs);
  if (typeof kept !== 'object' || kept === null) return new Map();
  const known = Object.entries(kept).filter(([, verdict]) => verdicts.includes(String(verdict)));
  return new Map(known as [string, Verdict][]);
}

/** The first prediction counts: later runs are played with the answer known. */
export async function keepTried(id: string, verdict: Verdict): Promise<void> {
  const tried: Tried = Object.fromEntries(await triedExperiments());
  if (tried[id] !== undefined) return;
  await keepValue(keptAs, { ...tried, [id]: verdict });
}
