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

/** The steps of the current mail as numbers on the map. */
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
    if (places.length === 0) continue;
    const early = there.length - places.length + 1; // these share the first place
    for (const [i, at] of places.entries()) {
      const group = i === 0 ? there.slice(0, early) : [there[early + i - 1]!];
      const last = group.at(-1)!;
      prints.push({
        number: last + 1,
        ...markOf(
          group.map((step) => step + 1),
          at,
          isAtHost(steps[last]!),
        ),
        state: last === steps.length - 1 ? 'now' : 'past',
        steps: group.map((step) => ({
          number: step + 1,
          text: steps[step]!.text,
          event: steps[step]!.event,
        })),
      });
    }
  }
  return prints.sort((a, b) => a.number - b.number);
}

const printStep = 24;
const labelMax = 6;
const isAtHost = ({ fromHost, toHost }: Step) => fromHost === toHost;

/** Its label and the box round it: at a host it grows to the left, on a cable to both sides. */
function markOf(numbers: readonly number[], at: Point, isToLeft: boolean): Pick<Footprint, 'label' | 'box'> {
  const label = groupLabel(numbers);
  const width = 19 + Math.max(0, label.length - 2) * 6;
  const x = isToLeft ? at.x + 9.5 - width : at.x - width / 2;
  return { label, box: { x, y: at.y - 9.5, width, height: 19 } };
}

/** "9", "9–12", "3, 5"; of many that do not follow each other "3…14". */
export function groupLabel(numbers: readonly number[]): string {
  const [first, last] = [numbers[0]!, numbers.at(-1)!];
  if (numbers.length === 1) return `${first}`;
  if (numbers.length > 2 && last - first === numbers.length - 1) return `${first}–${last}`;
  const all = numbers.join(', ');
  return all.length <= labelMax ? all : `${first}…${last}`;
}

/** Places for the steps at a host (above its upper edge) or on a cable, as many as there is room for. */
function printPlaces(board: Board, { fromHost, toHost }: Step, count: number): Point[] {
  const numbers = (room: number) => Array.from({ length: Math.max(1, Math.min(count, room)) }, (_, i) => i);
  // a group is wider than a single number
  const roomFor = (length: number) =>
    count * printStep <= length ? count : Math.floor((length - groupWider) / printStep);
  if (fromHost === toHost) {
    const host = board.hosts.find((one) => one.index === fromHost);
    if (host === undefined) return [];
    const places = numbers(roomFor(host.width));
    return places.map((i) => ({
      x: host.x + host.width - 12 - printStep * (places.length - 1 - i),
      y: host.y - 6,
    }));
  }
  const cable = cableBetween(board, fromHost, toHost);
  if (cable === null) return [];
  const room = roomFor(cable.length - 8);
  if (room < 2) return [pointAlong(cable, 0.5)];
  const points = cable.a === fromHost ? cable.points : [...cable.points].reverse();
  const wider = count > room ? groupWider : 0;
  const used = Math.min(count, room) * printStep + wider;
  const start = Math.min(26, (cable.length - used) / 2 + 12) + wider / 2;
  return numbers(room).map((i) =>
    pointAlong(
      { points, length: cable.length },
      (start + i * printStep + (i > 0 ? wider / 2 : 0)) / cable.length,
    ),
  );
}

const groupWider = 22;

/** What happens right now, in a few words at its place. */
export function captionOf(
  showing: Showing,
  current: Mail | null,
  rests: readonly RestView[],
): Scene['caption'] {
  const { board, at } = showing;
  const step = current?.steps.findLast((one) => one.at <= at);
  if (step === undefined || step.tone === 'wait') return null; // who waits has words of its own
  const { tone, text } = step;
  if (step.fromHost === step.toHost) {
    const host = board.hosts.find((one) => one.index === step.fromHost);
    if (host === undefined) return null;
    const rest = rests.find(({ key }) => key === `${host.index}`);
    const off = rest === undefined ? 2 : 43 + (rest.letters.length - 1) * 9 + (rest.more > 0 ? 26 : 0);
    const isRightFull = host.x + off + text.length * captionCharWidth > board.width - 4;
    const x = Math.min(host.x + (isRightFull ? 2 : off), board.width - text.length * captionCharWidth - 4);
    const y = host.y + host.height + (isRightFull && rest !== undefined ? 46 : 24); // below its letters
    return { at: { x: Math.max(4, x), y }, lines: [text], tone, anchor: 'start' };
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
