// When what came is shown: once a frame, and ten times a second while time is skipped.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Frames } from '../../src/sim/frames.ts';

let shown = 0;
let frames: Frames;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', { hidden: false });
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('requestAnimationFrame', (then: () => void) => setTimeout(then, 16));
  vi.stubGlobal('cancelAnimationFrame', (id: number) => clearTimeout(id));
  shown = 0;
  frames = new Frames(() => shown++);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('what comes within one frame is shown together', () => {
  frames.soon();
  frames.soon();
  expect(shown).toBe(0);
  vi.advanceTimersByTime(16);
  expect(shown).toBe(1);
});

test('while time is skipped it is shown ten times a second, and at once when somebody must see it', async () => {
  let end = (): void => {};
  const skip = frames.during(() => new Promise((resolve) => (end = resolve)));
  for (let ms = 0; ms < 1000; ms++) {
    frames.soon();
    vi.advanceTimersByTime(1);
  }
  expect(shown).toBeGreaterThanOrEqual(8);
  expect(shown).toBeLessThanOrEqual(10);
  const before = shown;
  frames.now();
  expect(shown).toBe(before + 1);
  end();
  await skip;
  frames.soon();
  vi.advanceTimersByTime(16);
  expect(shown).toBe(before + 2);
});

test('a hidden page is told at once: it gets no frames', () => {
  vi.stubGlobal('document', { hidden: true });
  frames.soon();
  expect(shown).toBe(1);
});
