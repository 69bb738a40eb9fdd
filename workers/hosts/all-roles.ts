/**
 * all-roles — the roles with everything there at once, for Node
 */
import * as tlsClient from '../commands/net/tls/tls-code.ts';
import * as imapd from '../daemons/mailstore/imapd/session.ts';
import * as fetching from '../daemons/mua/fetch.ts';
import * as postfix from '../daemons/postfix/late-code.ts';
import * as tls from '../daemons/postfix/tls/tls-code.ts';
import { startReceiver } from '../daemons/receiver/receiver.ts';
import * as slapd from '../daemons/slapd/late-code.ts';
import type { CodeStore } from '../kernel/code.ts';

import type { Roles } from './boot.ts';
import * as shell from './host-shell.ts';
import type { lateCode } from './late-code.ts';
import { bootMailHost } from './mail-host.ts';
import { bootMta } from './mta.ts';
import { bootOutside, type OutsideSink } from './outside.ts';
import { earlyRoles } from './roles.ts';

const parts: Readonly<Record<keyof typeof lateCode, unknown>> = Object.freeze({
  imapd,
  'mua-fetch': fetching,
  postfix,
  shell,
  slapd,
  tls,
  'tls-client': tlsClient,
});

/** All parts are there: nothing ever waits for code. */
const code: CodeStore = Object.freeze({
  find: (part: string) => parts[part as keyof typeof parts],
  load: (part: string) => {
    throw new Error(`no part of the code is named ${part}`);
  },
});

/** Roles for headless runs and tests. */
export const roles: Required<Roles> = rolesWithSink();

/** The same, with real peers behind the outside host (bridge); without a sink nobody is there. */
export function rolesWithSink(sink?: OutsideSink): Required<Roles> {
  return {
    ...earlyRoles,
    mta: bootMta,
    'mail-host': bootMailHost,
    receiver: startReceiver,
    outside: (os) => bootOutside(os, sink),
    code,
  };
}
