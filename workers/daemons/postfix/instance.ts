/**
 * instance — one Postfix on one host: what its daemons share
 *
 * Built by master(8) from main.cf and master.cf; each daemon gets it with the parameters of its own service.
 *
 * SEE ALSO  master/master.ts (builds it)
 */
import type { Os, Proc } from '../../os/os.ts';

import type { MailEnvelope, MailStream } from './cleanup/mail-stream.ts';
import type { LookupTables } from './maps/lookup-table.ts';
import type { Parameters } from './parameters.ts';
import type { MailFlow } from './qmgr/mail-flow.ts';
import type { ServerTls } from './tls/tls-services.ts';
import type { Resolution } from './trivial-rewrite/route.ts';

export interface Instance {
  /** main.cf of the instance, without overrides */
  readonly parameters: Parameters;
  /** what verify(8) knows of addresses; null = it has not looked yet */
  verified: Map<string, string> | null;
  /** between cleanup and qmgr */
  readonly flow: MailFlow;
  /** Opens the tables of a parameter's value; the same value gives the same tables. */
  tables(value: string): LookupTables;
  /** trivial-rewrite: address → class, transport, nexthop. Transport maps, relayhost and defaults applied. */
  resolve(os: Os, address: string, sender: string): Proc<Resolution>;
  /** What resolve() said to this process lately; null = it must be asked. */
  resolved(os: Os, address: string, sender: string): Resolution | null;
  /**
   * trivial-rewrite: completes an address (append_at_myorigin, append_dot_mydomain, swap_bangpath, percent
   * hack).
   */
  rewrite(address: string): string;
  /**
   * Opens a stream to cleanup(8): allots the queue id.
   * @param ident who enters the message, as logged: "postfix/smtpd"
   */
  openCleanup(os: Os, envelope: MailEnvelope): MailStream;
  /** TLS of a process of smtpd(8), made when it asks first; null = there is none. */
  serverTls(os: Os, service: Service): Proc<ServerTls | null>;
}

/** One service of master.cf as its daemon sees it. */
export interface Service {
  readonly instance: Instance;
  /** parameters with the service's -o options */
  readonly parameters: Parameters;
  /** syslog_name/service, as logged: "postfix/smtpd", "postfix/submission/smtpd" */
  readonly ident: string;
}
