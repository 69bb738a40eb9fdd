/**
 * index — the catalogue of lessons, in the order of the course; a lesson and its words are fetched when they are opened
 */
import type { Lesson, LessonText } from './dsl/define-lesson.ts';

export interface LessonWithText {
  lesson: Lesson;
  text: LessonText;
}

/** What the course map shows of a lesson. */
export interface LessonEntry {
  id: string;
  title: string;
  /** minutes it takes */
  minutes: number;
  load(): Promise<LessonWithText>;
}

// `npm run lesson -- new` adds a line; tests hold each against its lesson.
export const catalogue: readonly LessonEntry[] = [
  entry('1.1', 'The journey in one minute', 3, () =>
    both(import('./01-1-journey/lesson.ts'), import('./01-1-journey/text.en.ts')),
  ),
  entry('4.1', 'Speak SMTP yourself', 12, () =>
    both(import('./04-1-speak-smtp/lesson.ts'), import('./04-1-speak-smtp/text.en.ts')),
  ),
  entry('6.3', 'Deferred and back-off', 12, () =>
    both(import('./06-3-deferred/lesson.ts'), import('./06-3-deferred/text.en.ts')),
  ),
];

/** @returns null when there is no such lesson */
export function lessonNumbered(id: string): LessonEntry | null {
  return catalogue.find((one) => one.id === id) ?? null;
}

function entry(id: string, title: string, minutes: number, load: LessonEntry['load']): LessonEntry {
  return { id, title, minutes, load };
}

async function both(
  lesson: Promise<{ lesson: Lesson }>,
  text: Promise<{ text: LessonText }>,
): Promise<LessonWithText> {
  return { ...(await lesson), ...(await text) };
}
