/** tale — what the map tells of the mails: letters at rest with a word, numbered footprints, and one caption */
import { nextTry } from '../../time/coming.ts';
import { placesAt } from '../mails/fold.ts';
import type { Mail, Step } from '../mails/mail.ts';

import { linkKey } from './fold.ts';
import { pointAlong, type Board, type Cable, type Point } from './layout.ts';
import type { Footprint, RestView, Scene, Showing } from './scene.ts';

const lettersMax = 3;
const restOffset = { x: 0, y: 56 };

/** Letters at rest: all in queues, and wherever the current one lies. */
export function restsOf(showing: Showing, current: Mail | null): RestView[] {
  const { board, mails, at } = showing;
  const byHost = new Map<number, Set<number>>();
  const put = (host: number, mail: number) =>
    byHost.set(host, (byHost.get(host) ?? new Set<number>()).add(mail));
  for (const stay of mails.waiting.at(at)) put(stay.hostIndex, stay.mail);
  if (current !== null) {
    for (const stay of placesAt(current, at).stays) put(stay.hostIndex, current.number);
    for (const carriage of placesAt(current, at).carriages)
      byHost.get(carriage.fromHost)?.delete(current.number);
  }
  const rests: RestView[] = [];
  for (const host of board.hosts) {
    const there = [...(byHost.get(host.index) ?? [])].sort((a, b) => a - b);
    if (there.length === 0) continue;
    const shown =
      current !== null && there.includes(current.number)
        ? [...there.filter((mail) => mail !== current.number).slice(0, lettersMax - 1), current.number]
        : there.slice(0, lettersMax);
    rests.push({
      key: `${host.index}`,
      at: { x: host.x + restOffset.x, y: host.y + restOffset.y },
      letters: shown.map((number) => paperOf(mails.mails[number]!)),
      more: there.length - shown.length,
      words: current !== null && there.includes(current.number) ? wordsOf(showing, current, host.index) : [],
    });
  }
  return rests;
}

function paperOf(mail: Mail): RestView['letters'][number] {
  return {
    letter: mail.letter,
    paper: mail.paper,
    isNotice: mail.sender === '' && mail.messageId !== '',
    mail: mail.number,
  };
}

function wordsOf({ coming, clock, at, captions }: Showing, mail: Mail, host: number): RestView['words'] {
  const stay = placesAt(mail, at).stays.findLast((one) => one.hostIndex === host);
  if (stay === undefined) return [];
  if (stay.kind === 'mailbox') return captions ? [] : [{ text: 'delivered', tone: 'ok' }];
  if (stay.kind !== 'queue' || stay.queue === '') return [];
  if (stay.queue !== 'deferred') return captions ? [] : [{ text: stay.queue, tone: 'plain' }];
  const wait = coming.waitOf(host, stay.queueId, at);
  const next = wait === null ? null : nextTry(wait, at);
  const tries = next === null ? [] : [{ text: `tries at ${clock.time(next)}`, tone: 'plain' as const }];
  return [{ text: 'deferred', tone: 'wait' }, ...tries];
}

// ---- footprints and caption -----------------------------------------------------------------------------

export function footprintsOf({ board, at }: Showing, current: Mail | null): Footprint[] {
  const steps = current?.steps.filter((step) => step.at <= at) ?? [];
  const prints: Footprint[] = [];
  const byPlace = new Map<string, number[]>();
  for (const [i, { fromHost, toHost }] of steps.entries()) {
    const key = linkKey(fromHost, toHost);
    byPlace.set(key, [...(byPlace.get(key) ?? []), i]);
  }
  for (const there of byPlace.values()) {
    const places = printPlaces(board, steps[there[0]!]!, there.length);
    for (const [i, at] of places.entries()) {
      const number = there[there.length - places.length + i]!;
      const { text, event } = steps[number]!;
      prints.push({
        number: number + 1,
        at,
        state: number === steps.length - 1 ? 'now' : 'past',
        text,
        event,
      });
    }
  }
  return prints.sort((a, b) => a.number - b.number);
}

const printStep = 23;

/** Places for the last steps at a host (on its upper edge) or on a cable, as many as there is room for. */
function printPlaces(board: Board, { fromHost, toHost }: Step, count: number): Point[] {
  const numbers = (room: number) => Array.from({ length: Math.max(1, Math.min(count, room)) }, (_, i) => i);
  if (fromHost === toHost) {
    const host = board.hosts.find((one) => one.index === fromHost);
    if (host === undefined) return [];
    const places = numbers(Math.floor((host.width - 24) / printStep));
    return places.map((i) => ({
      x: host.x + host.width - 12 - printStep * (places.length - 1 - i),
      y: host.y - 3,
    }));
  }
  const cable = cableBetween(board, fromHost, toHost);
  if (cable === null) return [];
  const room = Math.floor((cable.length - 34) / printStep);
  if (room < 2) return [pointAlong(cable, 0.5)];
  const points = cable.a === fromHost ? cable.points : [...cable.points].reverse();
  return numbers(room).map((i) =>
    pointAlong({ points, length: cable.length }, (26 + i * printStep) / cable.length),
  );
}

export function captionOf(showing: Showing, current: Mail | null): Scene['caption'] {
  const { board, at } = showing;
  const step = current?.steps.findLast((one) => one.at <= at);
  if (step === undefined || step.tone === 'wait') return null; // who waits has words of its own
  const { tone, text } = step;
  if (step.fromHost === step.toHost) {
    const host = board.hosts.find((one) => one.index === step.fromHost);
    if (host === undefined) return null;
    const rests = placesAt(current!, at).stays.some((stay) => stay.hostIndex === host.index);
    const x = Math.min(host.x + (rests ? 43 : 2), board.width - text.length * captionCharWidth - 4);
    return { at: { x: Math.max(4, x), y: host.y + host.height + 24 }, lines: [text], tone, anchor: 'start' };
  }
  const cable = cableBetween(board, step.fromHost, step.toHost);
  if (cable === null) return null;
  const middle = pointAlong(cable, 0.5);
  const isUpright = cable.own.from.x === cable.own.to.x;
  if (!isUpright)
    return { at: { x: middle.x, y: middle.y + 32 }, lines: halves(text), tone, anchor: 'middle' };
  const isRightFull = middle.x + 26 + text.length * captionCharWidth > board.width;
  return {
    at: { x: middle.x + (isRightFull ? -26 : 26), y: middle.y + 5 },
    lines: [text],
    tone,
    anchor: isRightFull ? 'end' : 'start',
  };
}

const captionCharWidth = 6.6;

function cableBetween(board: Board, a: number, b: number): Cable | null {
  return board.cables.find((one) => linkKey(one.a, one.b) === linkKey(a, b)) ?? null;
}

/** Two lines of about the same length. */
export function halves(text: string): string[] {
  const words = text.split(' ');
  if (text.length < 18 || words.length < 2) return [text];
  let best = 1;
  const off = (at: number) =>
    Math.abs(words.slice(0, at).join(' ').length - words.slice(at).join(' ').length);
  for (let at = 2; at < words.length; at++) if (off(at) < off(best)) best = at;
  return [words.slice(0, best).join(' '), words.slice(best).join(' ')];
}
