/** speeds — the named speeds of the time bar, from event by event to a day a second */
import type { Pace } from '../../workers/api.ts';

export interface Speed {
  id: string;
  /** on the button */
  name: string;
  /** one sentence */
  says: string;
  pace: Pace;
}

/** At the speeds that are read along, no line is shown for less. */
const lineMsMin = 8;

/**
 * The pace of a speed while several letters are under way: told one line after the other they would seem to stand
 * still, so the lines come the faster. One line a second stays that.
 */
export function paceWith({ pace, id }: Speed, letters: number): Pace {
  if (pace.mode !== 'lines' || id === 'byte' || letters < 2) return pace;
  return { mode: 'lines', intervalMs: Math.max(lineMsMin, Math.round(pace.intervalMs / letters)) };
}

const rate = (speed: number): Pace => ({ mode: 'rate', speed });

/** Slowest first. */
export const speeds: readonly Speed[] = [
  {
    id: 'byte',
    name: 'Line by line',
    says: 'One protocol line a second.',
    pace: { mode: 'lines', intervalMs: 1000 },
  },
  {
    id: 'slow',
    name: 'Slow motion',
    says: 'Slow enough to read along.',
    pace: { mode: 'lines', intervalMs: 130 },
  },
  {
    id: 'story',
    name: 'Story',
    says: 'A letter takes about twenty seconds.',
    pace: { mode: 'lines', intervalMs: 80 },
  },
  { id: 'real', name: 'Real time', says: 'As fast as it really is.', pace: rate(1) },
  { id: 'minute', name: 'Minute/s', says: 'A minute every second.', pace: rate(60) },
  { id: 'hour', name: 'Hour/s', says: 'An hour every second.', pace: rate(3600) },
  { id: 'day', name: 'Day/s', says: 'A day every second.', pace: rate(86_400) },
];

export const defaultSpeed = speeds[1]!;
