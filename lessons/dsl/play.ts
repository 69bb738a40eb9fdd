/**
 * play — plays a lesson's steps against a running world, as a test or "do it for me" does
 *
 * The world is a port: it takes inputs and runs on. Each event goes through the machine as it would on the page.
 */
import { initialTransition, transition } from 'xstate';

import type { LessonEvent } from './check.ts';
import type { Act, Beat, InputCommand, Lesson, Step, Task } from './define-lesson.ts';
import { standing, toMachine, type LessonContext, type LessonMachineEvent } from './machine.ts';

/** A world that a script can act on. Times in virtual microseconds. */
export interface PlayedWorld {
  now(): number;
  input(command: InputCommand): void;
  /** Runs on to the next instant, at most to `limit`. @returns its events; null when nothing happens up to `limit` */
  next(limit: number): Promise<LessonEvent[] | null>;
}

export interface Played {
  /** the beat it stands at, or "finished" */
  beat: string;
  context: LessonContext;
  /** a step that waited in vain, as text; null when all came */
  stuck: string | null;
}

const second = 1_000_000;
const settleUs = 2 * second; // what an act causes at once is seen before the next
/** So long a task may take after its last hint was followed. */
const hintWaitUs = 6 * 86_400 * second;

/** Plays the steps one after another. */
export async function playLesson(
  lesson: Lesson,
  steps: readonly Step[],
  world: PlayedWorld,
): Promise<Played> {
  const learner = new Learner(lesson, world);
  for (const [i, step] of steps.entries()) {
    const stuck = await learner.take(step);
    if (stuck !== null) return learner.end(`step ${i + 1} ${stuck}`);
  }
  return learner.end(null);
}

/** Takes the lesson by its hints alone: every last hint is followed literally, every question answered at random. */
export async function followHints(lesson: Lesson, world: PlayedWorld): Promise<Played> {
  const learner = new Learner(lesson, world);
  for (const beat of lesson.beats) {
    const stuck = await learner.takeHints(beat);
    if (stuck !== null) return learner.end(stuck);
  }
  return learner.end(null);
}

type Snapshot = ReturnType<typeof initialTransition<ReturnType<typeof toMachine>>>[0];

/** One learner before the machine of a lesson and its world. */
class Learner {
  readonly #world: PlayedWorld;
  readonly #machine: ReturnType<typeof toMachine>;
  #snapshot: Snapshot;

  constructor(lesson: Lesson, world: PlayedWorld) {
    this.#world = world;
    this.#machine = toMachine(lesson);
    [this.#snapshot] = initialTransition(this.#machine);
  }

  end(stuck: string | null): Played {
    return { beat: String(this.#snapshot.value), context: this.#snapshot.context, stuck };
  }

  /** @returns what it waited for in vain; null when the step was taken */
  async take(step: Step): Promise<string | null> {
    if ('answer' in step) this.#feed({ type: 'ANSWER', prediction: step.to, option: step.answer });
    else if ('fill' in step) this.#feed({ type: 'FILL', quiz: step.quiz, rows: step.fill });
    else if ('next' in step) this.#feed({ type: 'NEXT' });
    else if ('until' in step) return this.#waitFor(step);
    else await this.#act('do' in step ? step.do : step);
    return null;
  }

  /** Reads the beat, answers its question with the first option, follows the last hint of every task. */
  async takeHints(beat: Beat): Promise<string | null> {
    if (this.#at !== beat.id) return `the beat "${beat.id}" did not come: it stands at "${this.#at}"`;
    if (beat.prediction !== undefined)
      this.#feed({ type: 'ANSWER', prediction: beat.prediction.id, option: beat.prediction.options[0]! });
    for (const task of beat.tasks ?? []) {
      await this.#followLastHint(task);
      if (!this.#isDone(task)) return `task "${task.id}" is not done by its last hint`;
    }
    if (this.#at === beat.id) this.#feed({ type: 'NEXT' });
    return null;
  }

  async #followLastHint(task: Task): Promise<void> {
    if ('quiz' in task) return this.#feed({ type: 'FILL', quiz: task.id, rows: task.quiz.answers });
    if (this.#isDone(task)) return;
    for (const act of task.doIt ?? []) await this.#act(act);
    if (!this.#isDone(task)) await this.#runUntil(this.#world.now() + hintWaitUs, () => this.#isDone(task));
  }

  async #act(act: Act): Promise<void> {
    if ('waitS' in act) return void (await this.#runUntil(this.#world.now() + act.waitS * second));
    this.#world.input(act);
    await this.#runUntil(this.#world.now() + 1);
  }

  async #waitFor({ until, withinS }: Extract<Step, { until: unknown }>): Promise<string | null> {
    let state = until.start;
    const found = await this.#runUntil(this.#world.now() + withinS * second, (event) =>
      until.done((state = until.step(state, event))),
    );
    if (!found) return `waited ${withinS} s in vain`;
    await this.#runUntil(this.#world.now() + settleUs);
    return null;
  }

  /** @returns false when nothing stopped it before the limit */
  async #runUntil(limit: number, stop: (event: LessonEvent) => boolean = () => false): Promise<boolean> {
    for (;;) {
      const events = await this.#world.next(limit);
      if (events === null) return false;
      let found = false;
      for (const event of events) {
        this.#feed({ type: 'TRACE', event });
        if (stop(event)) found = true;
      }
      if (found) return true;
    }
  }

  get #at(): string {
    return String(this.#snapshot.value);
  }

  #isDone(task: Task): boolean {
    return standing(task, this.#snapshot.context).done;
  }

  #feed(event: LessonMachineEvent): void {
    [this.#snapshot] = transition(this.#machine, this.#snapshot, event);
  }
}
