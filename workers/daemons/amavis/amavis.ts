/**
 * amavis — content filter between two Postfix services: takes mail on port 10024, gives it back on port 10025
 *
 * Imitates amavisd 2.13. Children each serve one connection at a time; what a child did is named (PID-NN) in
 * the log. A message is accepted only when Postfix has accepted it again, so that nothing is lost here.
 *
 * SIMPLIFIED: every message is clean: there is no virus scanner and no SpamAssassin ("Hits: -"), as with the
 * checks bypassed in a real amavisd. Children are started when they are needed; amavisd starts all of them at
 * once.
 *
 * SEE ALSO  session.ts (the server half), reinject.ts (the client half), amavisd.conf-default
 */
import { call, NEVER, type Channel, type Connection, type Os, type Proc } from '../../os/os.ts';

import { runAmavisSession } from './session.ts';

const port = 10024; // $inet_socket_port
const childrenMax = 10; // $max_servers; Zimbra: zimbraAmavisMaxServers
const waitingMax = 100; // Net::Server's listen backlog

/** Starts the filter. */
export function startAmavis(os: Os): void {
  os.spawn('amavisd (master)', master);
}

function* master(os: Os): Proc<void> {
  const listener = os.listen({ address: '127.0.0.1', port });
  if (listener === 'address in use') {
    os.log(
      'amavis',
      `(!)Net::Server: Can't connect to TCP port ${port} on 127.0.0.1 [Address already in use]`,
    );
    return;
  }
  os.log(
    'amavis',
    `starting. /usr/sbin/amavisd at ${os.hostName} amavis-2.13.0 (20230106), Unicode aware, LANG="C.UTF-8"`,
  );
  os.log('amavis', `Net::Server: Binding to TCP port ${port} on host 127.0.0.1 with IPv4`);
  const waiting = os.channel<Connection>();
  const pool = { children: 0, idle: 0 };
  for (;;) {
    const conn = yield* listener.accept();
    if (conn === 'timeout') continue;
    if (waiting.length >= waitingMax) {
      conn.abort();
      continue;
    }
    if (pool.idle <= waiting.length && pool.children < childrenMax) {
      pool.children++;
      os.spawn(`amavisd (ch${pool.children})`, (child) => serve(child, waiting, pool));
    }
    waiting.put(conn);
  }
}

/** A child: one connection after the other. */
function* serve(os: Os, waiting: Channel<Connection>, pool: { children: number; idle: number }): Proc<void> {
  for (let task = 1; ; task++) {
    pool.idle++;
    const conn = yield* waiting.take({ deadline: NEVER });
    pool.idle--;
    if (conn === 'timeout') continue;
    try {
      yield* call(runAmavisSession(os, conn, task));
    } finally {
      conn.close();
    }
  }
}
