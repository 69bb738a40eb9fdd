/**
 * prove-words — reads the words of a lesson against the lesson: nothing is missing, nothing is left over, beats are short
 */
import { tasksOf, type Lesson, type LessonText, type Task } from './define-lesson.ts';
import type { Finding } from './prove.ts';
import { referenceNamed, referencesIn } from './references.ts';

const wordsMax = 80;
const hints = 3;
const recapLines = 3;
const tasksMax = 4;

/** What is wrong with the words of a lesson, each with the key where it is. */
export function proveWords(lesson: Lesson, text: LessonText): Finding[] {
  return [
    finding('every text is there, and none is left over', [...keysOf(lesson, text)]),
    finding(`no beat is longer than ${wordsMax} words`, [...longBeats(text)]),
    finding(`every task has ${hints} hints and a last one that does it`, [...shortLadders(lesson, text)]),
    finding('every reference in braces is one that is known', [...unknownReferences(text)]),
    finding(`the recap has ${recapLines} lines, and there are at most ${tasksMax} tasks`, [
      ...(text.recap.length === recapLines ? [] : [`recap: found ${text.recap.length} lines`]),
      ...(tasksOf(lesson).length <= tasksMax ? [] : [`found ${tasksOf(lesson).length} tasks`]),
    ]),
    finding('every drill has its right answer', [...brokenDrills(text)]),
  ];
}

function finding(name: string, wrong: readonly string[]): Finding {
  return { name, wrong: wrong.length === 0 ? null : wrong.join('; ') };
}

function* keysOf(lesson: Lesson, text: LessonText): Generator<string> {
  const { beats } = lesson;
  const tasks = tasksOf(lesson);
  if (text.title !== lesson.title)
    yield `title: expected "${lesson.title}" as in the lesson, found "${text.title}"`;
  yield* compare(
    'beats',
    beats.map(({ id }) => id),
    text.beats,
  );
  yield* compare(
    'tasks',
    tasks.map(({ id }) => id),
    text.tasks,
  );
  yield* compare('feedback', tasks.flatMap(saidBy), text.feedback);
  yield* compare(
    'today',
    beats.flatMap(({ today }) => today ?? []),
    text.today ?? {},
  );
  const predictions = beats.flatMap(({ prediction }) => prediction ?? []);
  yield* compare(
    'predictions',
    predictions.map(({ id }) => id),
    text.predictions,
  );
  for (const { id, options } of predictions)
    yield* compare(`predictions.${id}.options`, options, text.predictions[id]?.options ?? {});
  yield* compare(
    'quizzes',
    tasks.filter((task) => 'quiz' in task).map(({ id }) => id),
    text.quizzes ?? {},
  );
  for (const task of tasks) yield* keysOfTask(task, text);
}

function* keysOfTask(task: Task, text: LessonText): Generator<string> {
  if ('quiz' in task) {
    const words = text.quizzes?.[task.id];
    yield* compare(`quizzes.${task.id}.rows`, task.quiz.rows, words?.rows ?? {});
    yield* compare(`quizzes.${task.id}.options`, task.quiz.options, words?.options ?? {});
    return;
  }
  const parts = (task.parts ?? []).map(({ id }) => id);
  yield* compare(`tasks.${task.id}.parts`, parts, text.tasks[task.id]?.parts ?? {});
}

function saidBy(task: Task): string[] {
  return 'quiz' in task ? [] : (task.feedback ?? []).map(({ say }) => say);
}

/** Keys that are named but not there, and keys that nothing names. */
function* compare(
  where: string,
  named: readonly string[],
  there: Readonly<Record<string, unknown>>,
): Generator<string> {
  for (const key of new Set(named))
    if (!Object.hasOwn(there, key)) yield `${where}: expected a text for "${key}", found none`;
  for (const key of Object.keys(there))
    if (!named.includes(key)) yield `${where}: "${key}" has a text, but the lesson does not name it`;
}

function* longBeats(text: LessonText): Generator<string> {
  for (const [id, { paragraphs }] of Object.entries(text.beats)) {
    const count = paragraphs.join(' ').split(/\s+/).length;
    if (count > wordsMax) yield `beats.${id}: expected at most ${wordsMax} words, found ${count}`;
  }
}

function* shortLadders(lesson: Lesson, text: LessonText): Generator<string> {
  for (const task of tasksOf(lesson)) {
    const found = text.tasks[task.id]?.hints.length ?? 0;
    if (found !== hints) yield `tasks.${task.id}.hints: expected ${hints}, found ${found}`;
    if (!('quiz' in task) && task.doIt === undefined)
      yield `task "${task.id}": expected "doIt", what the last hint does; found none`;
  }
}

function* unknownReferences(text: LessonText): Generator<string> {
  for (const name of referencesIn(JSON.stringify(text)))
    if (referenceNamed(name) === null) yield `{${name}}: expected a name of references.ts`;
}

function* brokenDrills(text: LessonText): Generator<string> {
  for (const [i, { options, right }] of (text.drills ?? []).entries())
    if (options[right] === undefined)
      yield `drills[${i}].right: expected 0–${options.length - 1}, found ${right}`;
}
