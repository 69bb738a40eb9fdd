/**
 * desk — the world that lies open on the page, and who else has it open
 *
 * The start page and the sandbox share one session per world: what was sent on the start page is there in the sandbox.
 * A lesson has a session of its own, so the desk lets go of its world while one is on.
 */
import { worldNamed } from '../../lessons/worlds/index.ts';
import type { Run, VirtualTime, World } from '../../workers/api.ts';

import { keptRun, mayHaveKept, type KeptRun } from '../sim/kept-work.ts';
import { Session, type Start } from '../sim/session.svelte.ts';
import type { Settings } from '../ui/settings.svelte.ts';

import type { Route } from './route.ts';

export const startWorld = 'two-islands';
const bootUs = 100_000;

/** Holds the one open session of start page and sandbox. */
export class Desk {
  session = $state.raw<Session | null>(null);
  /** a world that is not built in is being looked for in the kept work */
  looking = $state(false);

  readonly #settings: Settings;
  #letGo: (() => void) | null = null;
  /** the world the address asks for */
  #wanted = '';
  /** whether the clock of a world runs as soon as it is open */
  #running = false;

  constructor(settings: Settings) {
    this.#settings = settings;
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') void this.session?.keep();
    });
  }

  /** Opens the world the route needs, unless it lies open already. */
  follow(route: Route): void {
    const name = route.page === 'start' ? startWorld : route.page === 'sandbox' ? route.world : null;
    if (name === null) {
      // These have sessions of their own.
      if (route.page === 'learn' || route.page === 'experiments') this.close();
      return;
    }
    this.#running = route.page === 'sandbox';
    this.#wanted = name;
    if (this.session?.world.name === name) return;
    const world = worldNamed(name);
    if (world === null) return void this.#openKept(name);
    this.close();
    this.#open(world, mayHaveKept() ? keptRun(keptAs(name)) : null);
  }

  /** Keeps the work and ends the workers. */
  close(): void {
    const session = this.session;
    this.session = null;
    this.#letGo?.();
    this.#letGo = null;
    if (session !== null) void session.keep().finally(() => session.close());
  }

  /** Starts the world anew; what was done in it is gone. */
  async reset(): Promise<void> {
    const session = this.session;
    if (session === null) return;
    if (session.keepsWork) await session.forget();
    this.#replace(worldNamed(session.world.name) ?? session.world, null);
  }

  /** Starts the workers again from what was kept last: after a crash. */
  async restart(): Promise<void> {
    const session = this.session;
    if (session === null) return;
    const kept = await keptRun(session.keepAs);
    this.#replace(kept?.run.world ?? session.world, kept);
  }

  /** The same run in other workers. */
  async move(): Promise<void> {
    const session = this.session;
    if (session === null || session.failure !== null) return;
    const run = await session.save();
    this.#replace(session.world, { run, until: session.now, speed: session.speed.id });
  }

  /** Goes on from a run of a file, in place of the world that lies open. */
  openRun(run: Run): void {
    this.#replace(run.world, { run, until: lastInput(run) });
  }

  /** A world known only from a run of a file that was opened here earlier. */
  async #openKept(name: string): Promise<void> {
    this.looking = true;
    const kept = await keptRun(keptAs(name));
    this.looking = false;
    if (kept === null || this.#wanted !== name || this.session?.world.name === name) return;
    this.close();
    this.#open(kept.run.world, kept);
  }

  #replace(world: World, start: Start | null): void {
    const old = this.session;
    old?.close();
    const same = old?.world.name === world.name;
    if (!same) {
      this.#letGo?.();
      this.#letGo = null;
    }
    this.#open(world, start, same ? old?.keepsWork : undefined);
  }

  /** @param keepsWork as it was claimed already; undefined = it is claimed now */
  #open(world: World, start: Promise<KeptRun | null> | Start | null, keepsWork?: boolean): void {
    const { wantedPlacement } = this.#settings;
    const session = new Session({
      keepAs: keptAs(world.name),
      world,
      bootUs,
      ...(wantedPlacement === undefined ? {} : { placement: wantedPlacement }),
    });
    this.session = session;
    void this.#begin(session, start);
    if (keepsWork !== undefined) session.keepsWork = keepsWork;
    else void this.#claim(session.keepAs);
  }

  async #begin(session: Session, start: Promise<KeptRun | null> | Start | null): Promise<void> {
    if (await session.open(start)) return this.#wake(session);
    const kept = await start;
    if (kept === null || this.session !== session) return;
    this.#open(kept.run.world, kept, session.keepsWork); // of that name, but another world
  }

  /** The machines have booted before anyone looks. In the sandbox the clock then runs; on the start page it waits for Send. */
  async #wake(session: Session): Promise<void> {
    if (session.failure !== null || this.session !== session) return;
    if (session.now === 0) await session.skipTo(bootUs);
    if (this.#running && this.session === session && !session.isPast) await session.play();
  }

  /** One tab at a time keeps a world; any other works on a copy. Without locks (plain http) each keeps its own. */
  async #claim(keepAs: string): Promise<void> {
    if (!('locks' in navigator)) return;
    const isOpen = () => this.session?.keepAs === keepAs;
    await navigator.locks.request(`postroom:${keepAs}`, { ifAvailable: true }, (lock) => {
      if (lock === null) {
        if (isOpen()) this.session!.keepsWork = false;
        return undefined;
      }
      return new Promise<void>((resolve) => {
        if (isOpen()) this.#letGo = resolve;
        else resolve();
      });
    });
  }
}

function keptAs(worldName: string): string {
  return `world:${worldName}`;
}

/** A run file says what was done, not how far the clock came: it is played to just after the last act. */
function lastInput(run: Run): VirtualTime {
  return (run.inputs.at(-1)?.at ?? 0) + 1;
}
