/**
 * input — everything a person can do to a run, as plain data
 *
 * Each input is stamped with the first microsecond not yet granted to any worker and kept in the run's log
 * before it takes effect. A run is { version, world, seed, inputs[] } and all else is computed from it.
 */
import type { World } from './hosts/world.ts';
import type { VirtualTime } from './trace/event.ts';

export type LinkFault = '' | 'down' | 'blackhole' | 'refuse';

export type InputCommand =
  /** The user agent of `user` (an address) on `host` composes and submits a message. */
  | {
      kind: 'mua.send';
      host: string;
      user: string;
      to: string;
      subject: string;
      text: string;
      inReplyTo?: string;
    }
  /** The user agent on `host` looks into its mailbox (IMAP) and shows it; uid 0 = list only. */
  | { kind: 'mua.fetch'; host: string; user: string; uid: number }
  /** fault '' mends. Both directions. down: no route; blackhole: drops silently; refuse: RST to every SYN. */
  | { kind: 'link.set'; between: [string, string]; fault: LinkFault }
  | { kind: 'link.tune'; between: [string, string]; latencyUs: number; lossPerMille: number }
  | { kind: 'host.crash'; host: string }
  | { kind: 'host.stop'; host: string }
  | { kind: 'host.start'; host: string }
  /** postqueue -f on the host. */
  | { kind: 'queue.flush'; host: string }
  /**
   * A command of an administrator runs on the host: argv as a shell would hand it over, all of its standard
   * input.
   */
  | { kind: 'host.run'; host: string; argv: string[]; stdin?: string }
  /** A terminal of the host: opened with a shell, a line or more typed, Ctrl-C or Ctrl-D, closed. */
  | { kind: 'tty.open'; host: string; tty: number; columns: number; rows?: number }
  /** Lines, or keys where a program asked for keys. */
  | { kind: 'tty.input'; host: string; tty: number; text: string }
  | { kind: 'tty.resize'; host: string; tty: number; columns: number; rows: number }
  | { kind: 'tty.signal'; host: string; tty: number; signal: 'INT' | 'EOF' }
  | { kind: 'tty.close'; host: string; tty: number }
  /** An administrator saves a file. */
  | { kind: 'file.write'; host: string; path: string; text: string }
  /**
   * What real peers do through the bridge, played by the host `outside`, or by the bridge's process on the
   * host that is named. Bytes are base64.
   */
  | { kind: 'outside.connect'; connection: number; to: string; port: number; from: string; host?: string }
  | { kind: 'outside.data'; connection: number; base64: string; host?: string }
  | { kind: 'outside.close'; connection: number; host?: string }
  | { kind: 'outside.abort'; connection: number; host?: string }
  | { kind: 'outside.datagram'; flow: number; to: string; port: number; from: string; base64: string };

export interface Input {
  at: VirtualTime;
  command: InputCommand;
}

export interface Run {
  /** version of the engine's behaviour that made it */
  version: string;
  world: World;
  /** unsigned 32-bit */
  seed: number;
  inputs: Input[];
}

/** Bump when the same run gives another trace. */
export const engineVersion = '4';

/** What to tell whoever opens a run of another version; null when it is of this one. */
export function versionNotice(run: Run): string | null {
  if (run.version === engineVersion) return null;
  const made = `This run was made by version ${run.version} of the engine; this is version ${engineVersion}.`;
  return `${made} What you see may differ.`;
}
