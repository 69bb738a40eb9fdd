/**
 * session — what all shells of a terminal share: programs, processes, jobs in the background, what was typed
 */
import type { Os, ProcHandle } from '../../os/os.ts';

import type { Processor, Programs } from './process.ts';
import type { ShellState } from './shell-state.ts';
import type { Stream } from './stream.ts';

/** What all shells of a terminal share. */
export interface Session {
  readonly programs: Programs;
  readonly processor: Processor;
  readonly processes: Set<ProcHandle>;
  readonly jobs: Job[];
  /** procs here end with the terminal, not with Ctrl-C */
  readonly background: Os;
  readonly history: readonly string[];
}

export interface Job {
  readonly number: number;
  readonly text: string;
  readonly handle: ProcHandle;
  readonly ended: { status: number };
}

export interface ShellOptions {
  os: Os;
  state: ShellState;
  descriptors: Map<number, Stream>;
  session: Session;
  /** a prompt is shown: errors do not say "line 1" */
  interactive: boolean;
}
