import { expect, test } from 'vitest';

import { paceWith, speeds } from '../../src/sim/speeds.ts';

const named = (id: string) => speeds.find((speed) => speed.id === id)!;

test('letters that are under way at once share the lines, which come the faster', () => {
  const story = named('story');
  expect(paceWith(story, 0)).toBe(story.pace);
  expect(paceWith(story, 1)).toBe(story.pace);
  expect(paceWith(story, 4)).toEqual({ mode: 'lines', intervalMs: 20 });
  expect(paceWith(story, 1000)).toEqual({ mode: 'lines', intervalMs: 8 });
});

test('one line a second stays that, and a rate of time is a rate', () => {
  for (const id of ['byte', 'real', 'minute', 'day']) expect(paceWith(named(id), 9)).toBe(named(id).pace);
});
