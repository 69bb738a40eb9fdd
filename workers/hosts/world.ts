/**
 * world — the data a run starts from: hosts, links, files and demo inputs
 *
 * Pure data, untrusted: load it through parse-world.ts, which validates and bounds it.
 */
import type { InputCommand } from '../input.ts';

/** Which daemons a host runs; see ../hosts/<kind>.ts. */
export type HostKind =
  | 'mta'
  | 'resolver'
  | 'dns-server'
  | 'directory'
  | 'mailstore'
  | 'workstation'
  | 'mail-host'
  | 'receiver'
  | 'outside';

export interface WorldHost {
  /** fully qualified, lower case: the run's key for this host */
  name: string;
  kind: HostKind;
  /** role word on the map: "Workstation", "MTA", "Resolver", "DNS server", "Directory", "Mailstore" */
  role: string;
  /** organisation (enclosure on the map), e.g. "acme.example"; '' = outside any */
  organisation: string;
  /** IPv4, first is the default source */
  addresses: string[];
  /** place on the map in grid units (1 unit = 1 host width + gap); x grows right, y grows down */
  at: { x: number; y: number };
  /**
   * path → text; what the daemons of this kind read at boot (main.cf, zone files, LDIF, resolv.conf, users …)
   */
  files: Record<string, string>;
}

/**
 * A cable between two hosts. Only linked hosts can talk. SIMPLIFIED: no routers; a packet crosses one link.
 */
export interface WorldLink {
  between: [string, string];
  /** one way, at least 100 */
  latencyUs: number;
  /** default 1_000_000_000 */
  bitsPerSecond?: number;
  lossPerMille?: number;
}

/** A person at a workstation, for the page. */
export interface WorldPerson {
  name: string;
  address: string;
  /** the workstation's host name */
  host: string;
}

export interface World {
  name: string;
  title: string;
  /** calendar at virtual time 0, e.g. "2026-03-03T09:00:00Z" */
  startsAt: string;
  hosts: WorldHost[];
  links: WorldLink[];
  people: WorldPerson[];
  /** what `--demo` and the determinism test play; times in virtual microseconds */
  demo: { at: number; command: InputCommand }[];
}
