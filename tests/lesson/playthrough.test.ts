// A learner's way through a lesson: fed by a trace, answered by a learner, kept over a reload.
import { beforeEach, describe, expect, test } from 'vitest';

import { saw } from '../../lessons/dsl/check.ts';
import { defineLesson, type LessonText } from '../../lessons/dsl/define-lesson.ts';
import { postcard } from '../../lessons/worlds/postcard/world.ts';
import { Playthrough, type PlayedTrace } from '../../src/lesson/playthrough.ts';
import { versionOf } from '../../src/lesson/progress.ts';
import type { TraceEvent, TraceFact } from '../../workers/trace/event.ts';

const hosts = ['ws', 'mx'];
const posted = {
  kind: 'mua.message-submitted',
  user: 'a@b',
  messageId: '<1>',
  to: 'c@d',
  subject: '',
} as const;
const deferred = { kind: 'queue.file-moved', queueId: 'A', from: 'active', to: 'deferred' } as const;
const removed = { kind: 'queue.file-moved', queueId: 'A', from: 'active', to: '' } as const;

const lesson = defineLesson({
  id: 't',
  title: 'T',
  minutes: 1,
  world: postcard,
  beats: [
    {
      id: 'first',
      tasks: [{ id: 'twice', check: saw('mua.message-submitted', (e) => e.host === 'ws', 2), doIt: [] }],
    },
    { id: 'guess', prediction: { id: 'where', options: ['here', 'there'], answer: 'there' } },
    {
      id: 'last',
      tasks: [
        {
          id: 'gone',
          check: saw('queue.file-moved', (e) => e.to === ''),
          feedback: [{ when: saw('queue.file-moved', (e) => e.to === 'deferred'), say: 'waits' }],
        },
      ],
    },
  ],
  solution: [],
  alternatives: [],
  wrong: [],
});
const task = (id: string) => lesson.beats.flatMap((beat) => beat.tasks ?? []).find((one) => one.id === id)!;
const words = (id: string) => ({ ask: id, done: `${id} done`, notYet: `${id} open`, hints: ['1', '2', '3'] });
const text: LessonText = {
  title: 'T',
  objective: '',
  beats: {},
  tasks: { twice: words('twice'), gone: words('gone') },
  predictions: {},
  feedback: { waits: 'It waits.' },
  recap: [],
  misconception: { said: '', truth: '' },
};

class Trace implements PlayedTrace {
  readonly events: TraceEvent[] = [];
  readonly names = { full: (index: number) => hosts[index]! };
  readonly store: PlayedTrace['store'];

  constructor() {
    const { events } = this;
    this.store = {
      get length() {
        return events.length;
      },
      event: (position) => events[position] ?? null,
      time: (position) => events[position]!.at,
    };
  }

  add(fact: TraceFact, hostIndex = 0): void {
    const n = this.events.length + 1;
    this.events.push({ ...fact, id: hostIndex * 2 ** 32 + n, at: n * 10, hostIndex, n, proc: 0, cause: 0 });
  }
}

let trace: Trace;
let player: Playthrough;
const reload = (kept: Playthrough, next: Trace, sameRun: boolean) =>
  new Playthrough(lesson, text, next, JSON.parse(JSON.stringify(kept.progress())), sameRun);
const follow = (...facts: TraceFact[]) => {
  for (const fact of facts) trace.add(fact);
  player.follow();
};

beforeEach(() => {
  trace = new Trace();
  player = new Playthrough(lesson, text, trace);
});

describe('a task', () => {
  test('is open, then partly done, then done, and says so', () => {
    expect(player.taskView(task('twice'), 0)).toMatchObject({
      state: 'open',
      says: 'twice open',
      evidence: null,
    });
    follow(posted);
    expect(player.taskView(task('twice'), 0)).toMatchObject({
      state: 'partly',
      says: 'twice open',
      evidence: 1,
    });
    follow(posted);
    expect(player.taskView(task('twice'), 0)).toMatchObject({
      state: 'done',
      says: 'twice done',
      doneAt: 20,
    });
    expect(player.at).toBe('guess');
  });

  test('of a later beat counts nothing before its beat is reached', () => {
    follow(removed, posted, posted);
    player.answer('here');
    expect(player.taskView(task('gone'), 2).state).toBe('open');
    follow(removed);
    expect(player.isFinished).toBe(true);
  });

  test('on another host moves nothing', () => {
    trace.add(posted, 1);
    trace.add(posted, 1);
    expect(player.follow()).toBe(false);
    expect(player.taskView(task('twice'), 0).state).toBe('open');
  });

  test('shows its feedback, and as evidence the event that brought it', () => {
    follow(posted, posted);
    player.answer('there');
    follow(deferred);
    expect(player.taskView(task('gone'), 2)).toMatchObject({
      state: 'partly',
      says: 'It waits.',
      evidence: 3,
    });
  });

  test('that was done by machine is shown, not solved', () => {
    player.showHow(task('twice'));
    follow(posted, posted);
    expect(player.taskView(task('twice'), 0).state).toBe('shown');
  });
});

describe('a question', () => {
  test('is asked when its beat comes, takes one of its options, once', () => {
    expect(player.question).toBeNull();
    follow(posted, posted);
    expect(player.question?.id).toBe('where');
    player.answer('nowhere');
    expect(player.question?.id).toBe('where');
    player.answer('here');
    expect(player.at).toBe('last');
    player.answer('there');
    expect(player.context.answers).toEqual({ where: 'here' });
  });
});

describe('the hint ladder', () => {
  test('opens step by step, to the last and no further', () => {
    for (let i = 0; i < 9; i++) player.hint(task('gone'));
    expect(player.hints['gone']).toBe(3);
    for (let i = 0; i < 9; i++) player.hint(task('twice'));
    expect(player.hints['twice']).toBe(4); // the last step does it
  });
});

describe('after a reload', () => {
  test('events of the same run are not counted twice', () => {
    follow(posted);
    const next = new Trace();
    const again = reload(player, next, true);
    again.follow(); // before the run is computed anew
    next.add(posted);
    again.follow();
    expect(again.taskView(task('twice'), 0).state).toBe('partly');
    next.add(posted);
    again.follow();
    expect(again.at).toBe('guess');
  });

  test('a world that was reset counts from its start, and the lesson stays where it was', () => {
    follow(posted, posted);
    player.answer('here');
    follow(deferred);
    const next = new Trace();
    const again = reload(player, next, false);
    expect(again.at).toBe('last');
    next.add(removed);
    again.follow();
    expect(again.isFinished).toBe(true);
  });

  test('a run that turns out to be another one is counted from its start', () => {
    follow(posted);
    const next = new Trace();
    next.add(posted, 1);
    const again = reload(player, next, true);
    again.follow();
    next.add(posted);
    again.follow();
    expect(again.at).toBe('guess'); // one counted before, one now
  });

  test('hints, answers and what was shown are there', () => {
    player.hint(task('twice'));
    player.showHow(task('twice'));
    follow(posted, posted);
    player.answer('there');
    const again = reload(player, new Trace(), true);
    expect(again.hints).toEqual({ twice: 1 });
    expect(again.context.answers).toEqual({ where: 'there' });
    expect(again.taskView(task('twice'), 0)).toMatchObject({ state: 'shown', doneAt: 20 });
  });

  test('a finished lesson stays finished', () => {
    follow(posted, posted);
    player.answer('there');
    follow(removed);
    expect(reload(player, new Trace(), true).isFinished).toBe(true);
  });
});

test('starting over counts only what happens from then on', () => {
  follow(posted, posted);
  player.startOver();
  player.follow();
  expect(player.at).toBe('first');
  follow(posted, posted);
  expect(player.at).toBe('guess');
});

test('the version changes with a lesson’s beats, tasks, options and the shape of its checks', () => {
  const { beats } = lesson;
  const other = (changed: typeof beats) => versionOf({ ...lesson, beats: changed });
  expect(other([...beats])).toBe(versionOf(lesson));
  expect(other(beats.slice(1))).not.toBe(versionOf(lesson));
  expect(other([{ id: 'first', tasks: [] }, ...beats.slice(1)])).not.toBe(versionOf(lesson));
});
