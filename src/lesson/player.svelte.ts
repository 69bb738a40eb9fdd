/**
 * player — a lesson on the page: follows the session's trace, stops the clock for a question, keeps progress
 *
 * Progress is kept only after the run it belongs to, so that it never knows of something the kept run does not hold.
 */
import type { Act, Lesson, LessonText, QuizTask, Task } from '../../lessons/dsl/define-lesson.ts';

import { keptRun } from '../sim/kept-work.ts';
import type { Selection } from '../sim/selection.ts';
import type { Session } from '../sim/session.svelte.ts';

import { Playthrough } from './playthrough.ts';
import { keepProgress, keptProgress } from './progress.ts';

/** One learner in one lesson. */
export class LessonPlayer {
  readonly #played: Playthrough;
  readonly #session: Session;
  /** hosts that a word in the text points at; null = none is pointed at */
  pointedAt = $state.raw<readonly string[] | null>(null);
  /** called when the learner asks to see the evidence, to open the pane that shows it */
  onshow: ((evidence: Selection) => void) | null = null;
  #version = $state(0);
  #asked = '';
  #keptChanges = 0;
  /** what is still to be done for the learner, and not before when */
  #toDo: readonly Act[] = [];
  #notBefore = 0;

  private constructor(session: Session, played: Playthrough) {
    this.#session = session;
    this.#played = played;
    this.#keptChanges = played.changes;
  }

  /** To be called before the session keeps a run of its own. */
  static async open(session: Session, lesson: Lesson, text: LessonText): Promise<LessonPlayer> {
    const progress = await keptProgress(lesson);
    // A world that was reset has no kept run: its trace is counted from the start.
    const sameRun = progress !== null && (await keptRun(session.keepAs)) !== null;
    const played = new Playthrough(lesson, text, session, progress, sameRun);
    if (progress !== null && !sameRun) await keepProgress(played.progress());
    return new LessonPlayer(session, played);
  }

  /** Where it stands; reading it follows every change. */
  get played(): Playthrough {
    void this.#version;
    return this.#played;
  }

  /** full names of the hosts the map shows undimmed; empty = all */
  get highlight(): readonly string[] {
    return this.pointedAt ?? this.played.beat?.highlight ?? [];
  }

  /** Takes in what the trace gained. A question stops the clock. */
  follow(): void {
    this.#do((played) => played.follow());
    void this.#goOn();
    const question = this.#played.question?.id ?? '';
    if (question !== '' && question !== this.#asked && !this.#session.replaying) void this.#session.pause();
    this.#asked = question;
    this.#session.veiled = question !== '';
  }

  /** The answer plays the simulation, which shows what is true. */
  async answer(option: string): Promise<void> {
    this.#do((played) => played.answer(option));
    this.#session.veiled = false;
    await this.#session.play();
  }

  next(): void {
    this.#do((played) => played.next());
  }

  hint(task: Task): void {
    this.#do((played) => played.hint(task));
  }

  fill(task: QuizTask, rows: Readonly<Record<string, string>>): void {
    this.#do((played) => played.fill(task, rows));
  }

  /** Does what the task asks, as the learner would, and lets time go on. */
  async doIt(task: Task): Promise<void> {
    this.#do((played) => (this.#toDo = played.showHow(task)));
    this.#notBefore = this.#session.now;
    await this.#goOn();
    if (!this.#session.playing) await this.#session.play();
  }

  /** Does what is due of what is to be done; a pause in between is a pause of the world's clock. */
  async #goOn(): Promise<void> {
    while (this.#toDo.length > 0 && this.#session.now >= this.#notBefore) {
      const [act, ...rest] = this.#toDo;
      this.#toDo = rest;
      if ('waitS' in act!) this.#notBefore = this.#session.now + act.waitS * 1_000_000;
      else await this.#session.send(act!);
    }
  }

  startOver(): void {
    this.#do((played) => played.startOver());
  }

  #do(act: (played: Playthrough) => void): void {
    const before = this.#played.changes;
    act(this.#played);
    if (this.#played.changes === before) return;
    this.#version++;
    void this.#keep();
  }

  async #keep(): Promise<void> {
    const { changes } = this.#played;
    const progress = this.#played.progress();
    if (this.#session.replaying || changes === this.#keptChanges) return;
    await this.#session.keep();
    if (this.#keptChanges >= changes || this.#session.failure !== null) return;
    this.#keptChanges = changes;
    if (this.#session.keepsWork) await keepProgress(progress);
  }
}
