// Every lesson of the catalogue, proved: see lessons/dsl/prove.ts for what that means.
import { describe, expect, test } from 'vitest';

import { proveLesson } from '../../lessons/dsl/prove.ts';
import { catalogue } from '../../lessons/index.ts';
import { trialOf } from '../../workers/node/lesson-trial.ts';

describe.each(catalogue)('lesson $id', (entry) => {
  test('stands in every way it claims to', async () => {
    const { lesson, text } = await entry.load();
    expect([lesson.id, lesson.title, lesson.minutes]).toEqual([entry.id, entry.title, entry.minutes]);
    const findings = await proveLesson(lesson, text, trialOf(lesson));
    expect(findings.filter(({ wrong }) => wrong !== null)).toEqual([]);
  });
});
