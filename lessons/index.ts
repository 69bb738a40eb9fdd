/**
 * index — the lessons there are, in order
 */
import { journey } from './01-1-journey/lesson.ts';
import { text as journeyText } from './01-1-journey/text.en.ts';
import type { Lesson, LessonText } from './dsl/define-lesson.ts';

export const lessons: readonly { lesson: Lesson; text: LessonText }[] = [
  { lesson: journey, text: journeyText },
];
