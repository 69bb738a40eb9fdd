/**
 * mailstore — keeps the mail of its users: takes it in by LMTP, shows it by IMAP
 *
 * Imitates Dovecot 2.3, or in its LMTP half Zimbra's mailboxd, as /etc/mailstore.conf says. One proc per
 * connection; the store is files of the host.
 *
 * SEE ALSO  conf.ts, store/store.ts, lmtpd/session.ts, imapd/session.ts
 */
import { call, type Connection, type LatePart, type Os, type Proc } from '../../os/os.ts';

import { parseConf, type ListenAddress, type MailstoreConf } from './conf.ts';
import { DeliveredIds } from './lmtpd/delivered-ids.ts';
import { runLmtpSession } from './lmtpd/session.ts';
import { lmtpTexts, type LmtpTexts } from './lmtpd/texts.ts';
import { Store } from './store/store.ts';
import { ldapUsers } from './userdb/ldap-users.ts';
import { passwdFile } from './userdb/passwd-file.ts';
import type { UserDatabase } from './userdb/user-database.ts';

const confPath = '/etc/mailstore.conf';
const connectionsMax = 1000; // Dovecot: client_limit of a service

/** What the sessions of one mailstore share. */
export interface Mailstore {
  readonly conf: MailstoreConf;
  readonly store: Store;
  readonly users: UserDatabase;
  readonly lmtpTexts: LmtpTexts;
  /** Zimbra: what was delivered lately, as mailbox and Message-ID */
  readonly delivered: DeliveredIds;
}

/** Where an IMAP session is, which few need at once. */
const imapd: LatePart<typeof import('./imapd/session.ts')> = 'imapd';

/** Starts the daemons of a mailstore. */
export function startMailstore(os: Os): void {
  const conf = parseConf(os.files.read(confPath), os.hostName);
  const mailstore: Mailstore = {
    conf,
    store: new Store({ location: conf.mail_location }),
    users: conf.userdb.kind === 'ldap' ? ldapUsers(conf.userdb.ldap) : passwdFile(conf.userdb.path),
    lmtpTexts: lmtpTexts(conf),
    delivered: new DeliveredIds(Math.max(1, conf.zimbraMessageIdDedupeCacheSize)),
  };
  serve(os, {
    name: 'lmtp',
    listen: conf.lmtp_listen,
    run: (child, conn) => runLmtpSession(child, conn, mailstore),
    connections: 0,
  });
  serve(os, {
    name: 'imap',
    listen: conf.imap_listen,
    *run(child, conn): Proc<void> {
      const { runImapSession } = yield* child.code(imapd);
      yield* runImapSession(child, conn, mailstore);
    },
    connections: 0,
  });
}

interface Service {
  readonly name: string;
  readonly listen: ListenAddress;
  readonly run: (os: Os, conn: Connection) => Proc<void>;
  connections: number;
}

function serve(os: Os, service: Service): void {
  if (service.listen.port !== 0) os.spawn(`${service.name} listener`, (child) => listen(child, service));
}

function* listen(os: Os, service: Service): Proc<void> {
  const { address, port } = service.listen;
  const listener = os.listen({ port, ...(address === null ? {} : { address }) });
  if (listener === 'address in use') {
    os.log(
      'dovecot',
      `master: Error: service(${service.name}): listen(*, ${port}) failed: Address already in use`,
    );
    return;
  }
  for (;;) {
    const conn = yield* listener.accept();
    if (conn === 'timeout') continue;
    if (service.connections >= connectionsMax) {
      conn.abort();
      continue;
    }
    service.connections++;
    os.spawn(service.name, (session) => converse(session, service, conn));
  }
}

function* converse(os: Os, service: Service, conn: Connection): Proc<void> {
  try {
    yield* call(service.run(os, conn));
  } finally {
    service.connections--;
    conn.close();
  }
}
