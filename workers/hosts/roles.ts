/**
 * roles — which daemons each kind of host runs
 *
 * Each worker of a browser compiles its code anew, so that what few hosts run is fetched by their workers
 * alone.
 *
 * SEE ALSO  late-parts.ts, host-shell.ts, ../simulation.worker.ts (who fetches them), all-roles.ts (Node)
 */
import type { runImapSession } from '../daemons/mailstore/imapd/session.ts';
import type { fetchMail } from '../daemons/mua/fetch.ts';
import type { LateServices } from '../daemons/postfix/services.ts';
import type { TlsServices } from '../daemons/postfix/tls/tls-services.ts';

import type { Os } from '../os/os.ts';

import type { InputCommand, Run } from '../input.ts';

import { bootDirectory } from './directory.ts';
import { bootDnsServer } from './dns-server.ts';
import { bootMailstore } from './mailstore.ts';
import type { bootOutside } from './outside.ts';
import { bootResolver } from './resolver.ts';
import { bootWorkstation } from './workstation.ts';

/** What late-parts.ts has. */
export interface LateParts {
  readonly runImapSession: typeof runImapSession;
  readonly fetchMail: typeof fetchMail;
  readonly bootOutside: typeof bootOutside;
  readonly postfix: LateServices;
}

/**
 * Starts the daemons of a host.
 * @param late called when a late part is needed; by then it must be there, see lateFilesOf
 * @param tls the same for the code for TLS, see hostAsksForTls
 */
export type BootRole = (os: Os, late: () => LateParts, tls: () => TlsServices) => void;

/** What every worker of a browser has at once. */
export const earlyRoles = {
  resolver: bootResolver,
  'dns-server': bootDnsServer,
  directory: bootDirectory,
  mailstore: bootMailstore,
  workstation: bootWorkstation,
} as const;

/** Fetches the others: half of all code, for few hosts of a world. */
export const roleFiles = {
  mta: () => import('./mail-servers.ts').then(({ bootMta }) => bootMta),
  'mail-host': () => import('./mail-servers.ts').then(({ bootMailHost }) => bootMailHost),
} as const;

/** The files of code that come late: for who reads mail, who administers a host, and what uses TLS. */
export const lateFiles = {
  mail: () => import('./late-parts.ts').then(({ lateParts }) => lateParts),
  shell: () => import('./host-shell.ts').then(({ administer }) => administer),
  tls: () => import('./tls-part.ts').then(({ tlsServices }) => tlsServices),
} as const;
export type LateFile = keyof typeof lateFiles;

/** The late files that must be there before this input takes effect. */
export function lateFilesOf(command: InputCommand): readonly LateFile[] {
  switch (command.kind) {
    case 'mua.fetch':
      return ['mail'];
    case 'host.run':
    case 'file.write':
      return ['mail', 'shell', 'tls']; // postqueue asks showq; main.cf may ask for TLS from now on
    default:
      return [];
  }
}

/** Those that must be there before this run is booted. */
export function lateFilesOfRun({ world, inputs }: Run): readonly LateFile[] {
  const needed = new Set(inputs.flatMap(({ command }) => lateFilesOf(command)));
  if (world.hosts.some(({ kind, files }) => kind === 'outside' || hasMaildrop(files))) needed.add('mail');
  return [...needed];
}

/** Mail that pickup(8) finds when the host is booted. */
function hasMaildrop(files: Readonly<Record<string, string>>): boolean {
  return Object.keys(files).some((path) => path.includes('/maildrop/'));
}
