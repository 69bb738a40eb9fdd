/**
 * late-code — what a worker of a browser fetches: the daemons of its hosts, and parts that a proc asks for
 *
 * Each worker compiles its code anew, and the first letter is to be delivered soon: so each fetches what it
 * needs, when it needs it.
 *
 * SEE ALSO  roles.ts, ../kernel/code.ts (how a proc asks), all-roles.ts (Node: all are there)
 */

/** Fetches what a kind of host runs, before it boots. */
export const roleFiles = {
  mta: () => import('./mail-servers.ts').then(({ bootMta }) => bootMta),
  'mail-host': () => import('./mail-servers.ts').then(({ bootMailHost }) => bootMailHost),
  receiver: () => import('../daemons/receiver/receiver.ts').then(({ startReceiver }) => startReceiver),
  // Nobody stands behind it in a browser: a recorded run is replayed.
  outside: () => import('./outside.ts').then(({ bootOutside }) => bootOutside),
} as const;

/** Fetches a part when a proc first asks for it; the name is that of the LatePart there. */
export const lateCode = {
  imapd: () => import('../daemons/mailstore/imapd/session.ts'),
  'mua-fetch': () => import('../daemons/mua/fetch.ts'),
  postfix: () => import('../daemons/postfix/late-code.ts'),
  slapd: () => import('../daemons/slapd/late-code.ts'),
  shell: () => import('./host-shell.ts'),
  tls: () => import('../daemons/postfix/tls/tls-code.ts'),
  'tls-client': () => import('../commands/net/tls/tls-code.ts'),
} as const;
