/**
 * prove — plays a lesson in every way it claims to stand, and reads its words
 *
 * The solution and two alternatives finish it, also after a detour; three wrong runs do not, and say why; doing nothing
 * finishes nothing; the last hint of every task, followed literally, does the task.
 */
import {
  finished,
  tasksOf,
  type InputCommand,
  type Lesson,
  type LessonText,
  type Step,
} from './define-lesson.ts';
import { standing } from './machine.ts';
import { followHints, playLesson, type Played, type PlayedWorld } from './play.ts';
import { proveWords } from './prove-words.ts';

export interface Finding {
  /** what was tried, as a sentence */
  name: string;
  /** what is not as it should be; null when it holds */
  wrong: string | null;
}

/** Where a lesson is tried. */
export interface Trial {
  /** The world of the lesson as it is when the lesson begins. */
  open(lesson: Lesson): Promise<PlayedWorld>;
  /** what somebody curious does before the lesson's tasks */
  detour: readonly Step[];
}

const alternativesMin = 2;
const wrongMin = 3;
const idleS = 600;

/** All that is claimed of a lesson, tried. */
export async function proveLesson(lesson: Lesson, text: LessonText, trial: Trial): Promise<Finding[]> {
  const findings: Finding[] = [...proveWords(lesson, text), ...proveCounts(lesson)];
  const play = async (steps: readonly Step[]) => playLesson(lesson, steps, await trial.open(lesson));
  const finishes = async (name: string, steps: readonly Step[]) =>
    findings.push({ name, wrong: unfinished(await play(steps)) });
  await finishes('its solution finishes it', lesson.solution);
  for (const alternative of lesson.alternatives)
    await finishes(`who ${alternative.name} finishes it too`, alternative.steps);
  await finishes('a detour before does no harm', [...trial.detour, ...lesson.solution]);
  for (const wrong of lesson.wrong)
    findings.push({
      name: `who ${wrong.name} does not finish, and is told why`,
      wrong: notTold(lesson, wrong, await play(wrong.steps)),
    });
  findings.push({
    name: 'doing nothing finishes nothing',
    wrong: doneByItself(lesson, await play([{ waitS: idleS }])),
  });
  findings.push({
    name: 'its hints followed literally finish it',
    wrong: unfinished(await followHints(lesson, await trial.open(lesson))),
  });
  return findings;
}

function proveCounts(lesson: Lesson): Finding[] {
  const count = (what: string, found: number, min: number): Finding => ({
    name: `it has at least ${min} ${what}`,
    wrong: found >= min ? null : `found ${found}`,
  });
  return [
    count('alternatives', lesson.alternatives.length, alternativesMin),
    count('wrong runs', lesson.wrong.length, wrongMin),
  ];
}

function unfinished({ beat, stuck }: Played): string | null {
  if (stuck !== null) return `${stuck} (at "${beat}")`;
  return beat === finished ? null : `it ends at "${beat}", not at the end`;
}

function notTold(
  lesson: Lesson,
  wrong: Lesson['wrong'][number],
  { beat, context, stuck }: Played,
): string | null {
  if (stuck !== null) return `${stuck} (at "${beat}")`;
  if (beat === finished) return 'it finished the lesson';
  const task = tasksOf(lesson).find(({ id }) => id === wrong.open);
  if (task === undefined) return `there is no task "${wrong.open}"`;
  const { done, feedback } = standing(task, context);
  if (done) return `the task "${wrong.open}" is done`;
  return feedback === wrong.says ? null : `expected the feedback "${wrong.says}", found "${feedback}"`;
}

function doneByItself(lesson: Lesson, { context }: Played): string | null {
  const done = tasksOf(lesson).filter((task) => standing(task, context).done);
  return done.length === 0 ? null : `done by itself: ${done.map(({ id }) => id).join(', ')}`;
}

/** A letter from one person to the next, a look round on the first host, and half a minute. */
export function usualDetour(world: {
  hosts: readonly { name: string }[];
  people: readonly { address: string; host: string }[];
}): Step[] {
  const [one, other] = world.people;
  const look: InputCommand = { kind: 'host.run', host: world.hosts[0]!.name, argv: ['ls', '/etc'] };
  if (one === undefined || other === undefined) return [{ do: look }, { waitS: 30 }];
  const { host, address: user } = one;
  const letter: InputCommand = {
    kind: 'mua.send',
    host,
    user,
    to: other.address,
    subject: 'By the way',
    text: 'Just trying.\n',
  };
  return [{ do: look }, { do: letter }, { waitS: 30 }];
}
