/**
 * inet-service — listens for one inet service of master.cf and gives its connections to processes
 *
 * A process serves one connection after another and leaves after $max_idle without one. At the process limit
 * nothing is accepted: clients wait in the backlog.
 */
import {
  call,
  NEVER,
  type Channel,
  type Connection,
  type Listener,
  type Os,
  type Proc,
} from '../../../os/os.ts';

import type { Service } from '../instance.ts';
import type { MasterEntry } from '../master-cf.ts';
import { parsePort } from '../port-names.ts';

/** Serves one connection. */
export type Serve = (os: Os, conn: Connection, service: Service) => Proc<void>;

interface Pool {
  readonly service: Service;
  readonly serve: Serve;
  readonly connections: Channel<Connection>;
  /** a process has room again */
  readonly freed: Channel<true>;
  processes: number;
  /** connections accepted and not yet ended */
  load: number;
}

/**
 * Listens on every address of the service. Ports in use are logged as fatal, as master(8) does.
 * @param os starts the processes that serve
 * @param front starts what listens, to be ended alone
 */
export function startInetService(
  os: Os,
  front: Os,
  options: { entry: MasterEntry; service: Service; serve: Serve },
): void {
  const { entry, service, serve } = options;
  const processesMax = entry.processesMax ?? service.parameters.number('default_process_limit');
  const pool: Pool = {
    service,
    serve,
    connections: os.channel(),
    freed: os.channel(),
    processes: 0,
    load: 0,
  };
  for (const { address, port } of endpointsOf(os, entry, service)) {
    const listener = os.listen(address === null ? { port } : { port, address });
    if (listener === 'address in use') {
      os.log(ident, `fatal: bind ${address ?? '0.0.0.0'} port ${port}: Address already in use`);
      continue;
    }
    front.spawn('postfix/master', () => acceptAll(os, listener, pool, { processesMax, name: entry.service }));
  }
}

function* acceptAll(
  os: Os,
  listener: Listener,
  pool: Pool,
  limit: { processesMax: number; name: string },
): Proc<void> {
  let warned = false;
  try {
    for (;;) {
      while (limit.processesMax > 0 && pool.load >= limit.processesMax) {
        if (!warned) warnLimit(os, listener, limit);
        warned = true;
        yield* pool.freed.take({ deadline: NEVER });
      }
      const conn = yield* listener.accept();
      if (conn === 'timeout') continue;
      pool.load++;
      pool.connections.put(conn);
      if (pool.load <= pool.processes) continue;
      pool.processes++;
      os.spawn(pool.service.ident, (child) => serveConnections(child, pool));
    }
  } finally {
    listener.close();
  }
}

function warnLimit(os: Os, listener: Listener, limit: { processesMax: number; name: string }): void {
  const service = `service "${limit.name}" (${listener.local.port})`;
  const limited = `${service} has reached its process limit "${limit.processesMax}"`;
  os.log(ident, `warning: ${limited}: new clients may experience noticeable delays`);
}

function* serveConnections(os: Os, pool: Pool): Proc<void> {
  const idleUs = pool.service.parameters.time('max_idle');
  try {
    for (;;) {
      const conn = yield* pool.connections.take({ deadline: os.now() + idleUs });
      if (conn === 'timeout') return;
      try {
        yield* call(pool.serve(os, conn, pool.service));
      } finally {
        pool.load--;
        if (pool.freed.length === 0) pool.freed.put(true);
      }
    }
  } finally {
    pool.processes--;
  }
}

// "smtp", "587", "127.0.0.1:10025", "[127.0.0.1]:10025"; without a host the addresses of $inet_interfaces.
function endpointsOf(
  os: Os,
  entry: MasterEntry,
  service: Service,
): { address: string | null; port: number }[] {
  const match = /^(?:\[?([^\]]*)\]?:)?([^:]+)$/.exec(entry.service);
  const port = match === null ? null : parsePort(match[2]!);
  if (match === null || port === null) {
    os.log(ident, `fatal: bad service name: ${entry.service}`);
    return [];
  }
  if (match[1] !== undefined && match[1] !== '')
    return [{ address: match[1] === 'localhost' ? '127.0.0.1' : match[1], port }];
  const addresses: (string | null)[] = [];
  for (const item of service.parameters.list('inet_interfaces')) {
    if (item === 'all') return [{ address: null, port }];
    if (item === 'loopback-only' || item === 'localhost') addresses.push('127.0.0.1');
    else if (/^\d+(\.\d+){3}$/.test(item)) addresses.push(item);
    else if (item === service.parameters.text('myhostname')) addresses.push(...os.addresses);
  }
  return addresses.map((address) => ({ address, port }));
}

const ident = 'postfix/master';
