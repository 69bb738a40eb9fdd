/**
 * master — starts a Postfix from /etc/postfix/main.cf and master.cf: queue manager, delivery agents, smtpd
 * listeners
 *
 * What was in the queue when the host went down is there when it comes up: files are read, nothing else is
 * kept.
 *
 * SIMPLIFIED: daemons other than smtpd, qmgr and the delivery agents have no process of their own
 * (trivial-rewrite, proxymap, anvil work in their callers); master.cf services with other programs (spawn,
 * pipe, postscreen) do not start.
 *
 * SEE ALSO  master(8), master(5); inet-service.ts, delivery-services.ts
 */
import * as utf8 from '../../../bytes/utf8.ts';

import * as ascii from '../../../bytes/ascii.ts';
import {
  NEVER,
  type Channel,
  type InputCommand,
  type Os,
  type Proc,
  type ProcGroup,
} from '../../../os/os.ts';

import { unfinishedDirectory } from '../cleanup/cleanup.ts';
import type { Instance } from '../instance.ts';
import { lateCode } from '../late.ts';
import { readMainCf } from '../main-cf.ts';
import { parseMasterCf, type MasterEntry } from '../master-cf.ts';
import type { Parameters } from '../parameters.ts';
import { InstanceQueue } from '../qmgr/instance-queue.ts';
import { qmgr } from '../qmgr/qmgr.ts';
import type { QmgrEvent, QmgrParams, Reporter } from '../qmgr/state.ts';
import { verifyPassword } from '../sasl/authenticate.ts';
import { servicePaths, type MasterRequest } from '../services.ts';
import { Anvil } from '../smtpd/anvil.ts';
import { runSmtpd } from '../smtpd/smtpd.ts';

import { limitsOf, serviceOf, startDeliveryServices } from './delivery-services.ts';
import { startInetService } from './inet-service.ts';
import { makeInstance } from './make-instance.ts';
import { OnDemand } from './on-demand.ts';

const configDirectory = '/etc/postfix';
const ident = 'postfix/master';

/** Starts Postfix on the host. */
export function startPostfix(os: Os): void {
  os.spawn('postfix/master', master);
}

/** The daemons as one configuration has them. */
interface Generation {
  readonly instance: Instance;
  readonly entries: readonly MasterEntry[];
  /** of the queue manager */
  readonly events: Channel<QmgrEvent>;
  /** what a reload ends at once: listeners and cleanup; sessions and agents end with their work */
  readonly front: ProcGroup;
}

type Requests = Channel<MasterRequest | InputCommand>;

/** Runs until it is told to stop (SIGTERM) or the host ends. */
export function* master(os: Os): Proc<void> {
  const daemons = os.group();
  const requests = os.inputs('queue.') as Requests;
  const first = start(os, daemons, { events: os.channel(), busy: null });
  if (first === null) return;
  let generation = first;
  const onDemand = new OnDemand(os, daemons);
  try {
    for (;;) {
      const { instance, entries, events } = generation;
      listen(os, generation, requests);
      const deadline = onDemand.wakeAt(instance, entries);
      const request = yield* requests.take({ deadline });
      if (request === 'timeout') onDemand.startPickup(instance);
      else if (request.kind === 'queue.flush') events.put({ kind: 'flush' });
      else if (request.kind === 'signal') {
        if (request.signal === 'TERM') return;
        const next = yield* reload(os, daemons, generation);
        if (next === null) return;
        generation = next;
      } else onDemand.serve(instance, request as Exclude<MasterRequest, { kind: 'signal' }>);
    }
  } finally {
    const spool = generation.instance.parameters.text('queue_directory');
    for (const path of Object.values(servicePaths)) os.unbind(`${spool}/${path}`);
    os.log(ident, 'terminating on signal 15');
    generation.front.kill();
    daemons.kill();
  }
}

/**
 * Reads the configuration and starts what it names.
 * @param options busy = at a reload: what the old queue manager has not finished
 * @returns null, with a fatal line in the log, when the configuration is bad
 */
function start(
  os: Os,
  daemons: ProcGroup,
  { events, busy }: { events: Channel<QmgrEvent>; busy: ReadonlySet<string> | null },
): Generation | null {
  const { parameters, problems } = readMainCf(os, `${configDirectory}/main.cf`);
  const masterCf = os.files.read(`${configDirectory}/master.cf`);
  const { entries, problems: faults } = parseMasterCf(masterCf === null ? '' : utf8.decode(masterCf));
  const fatal = [...problems.map(({ file, line, text }) => `${file}, line ${line}: ${text}`), ...faults];
  if (masterCf === null) fatal.push(`open ${configDirectory}/master.cf: No such file or directory`);
  for (const text of fatal) os.log(ident, `fatal: ${text}`);
  if (fatal.length > 0) return null;
  const what = busy === null ? 'daemon started' : 'reload';
  os.log(ident, `${what} -- version ${parameters.text('mail_version')}, configuration ${configDirectory}`);
  const front = daemons.os.group();
  const trigger = `${parameters.text('queue_directory')}/${servicePaths.qmgr}`;
  if (busy === null) removeUnfinished(os, parameters);
  const instance = makeInstance({
    parameters,
    addresses: os.addresses,
    cleanupOs: startCleanup(front.os),
    // Sessions that outlive a reload wake the queue manager that runs then.
    wake: () => (os.bound<QmgrEvent>(trigger) ?? events).put({ kind: 'incoming' }),
  });
  startQueueManager(daemons.os, { instance, entries, events, busy: busy ?? new Set() });
  startListeners(daemons.os, front.os, { instance, entries });
  return { instance, entries, events, front };
}

function* reload(os: Os, daemons: ProcGroup, old: Generation): Proc<Generation | null> {
  old.front.kill();
  const heir: Channel<QmgrEvent> = os.channel();
  const busy: Channel<Set<string>> = os.channel();
  old.events.put({ kind: 'retire', busy, heir });
  const left = yield* busy.take({ deadline: NEVER });
  return start(os, daemons, { events: heir, busy: left === 'timeout' ? new Set() : left });
}

// Whoever opens these paths reaches what runs now.
function listen(os: Os, generation: Generation, requests: Requests): void {
  const { instance, entries, events } = generation;
  const spool = instance.parameters.text('queue_directory');
  if (os.bound(`${spool}/${servicePaths.qmgr}`) === events) return;
  os.files.write(`${spool}/${servicePaths.master}`, ascii.encode(`${String(os.pid).padStart(10)}\n`));
  os.bind(`${spool}/${servicePaths.master}`, requests);
  os.bind(`${spool}/${servicePaths.qmgr}`, events);
  for (const { service } of entries)
    if (service === 'pickup' || service === 'showq' || service === 'flush')
      os.bind(`${spool}/${servicePaths[service]}`, requests);
}

function removeUnfinished(os: Os, parameters: Parameters): void {
  const unfinished = `${parameters.text('queue_directory')}/${unfinishedDirectory}`;
  for (const path of os.files.list(unfinished)) os.files.remove(path);
}

// The process whose pid cleanup's log lines bear; see cleanup.ts for why it does nothing else.
function startCleanup(os: Os): () => Os {
  let cleanupOs = os;
  os.spawn('postfix/cleanup', function* (child): Proc<void> {
    cleanupOs = child;
    yield* child.channel().take({ deadline: NEVER });
  });
  return () => cleanupOs;
}

function startQueueManager(
  os: Os,
  {
    instance,
    entries,
    events,
    busy,
  }: {
    instance: Instance;
    entries: readonly MasterEntry[];
    events: Channel<QmgrEvent>;
    busy: ReadonlySet<string>;
  },
): void {
  const { parameters } = instance;
  os.spawn('postfix/qmgr', (child) => {
    const queue = new InstanceQueue(child, instance);
    const pools = startDeliveryServices(os, {
      instance,
      entries,
      markDone: (request, recipient) => queue.markDone(request.queueId, 'active', recipient.index),
    });
    return qmgr(child, {
      params: qmgrParams(parameters),
      queue,
      events,
      flow: instance.flow,
      busy,
      limitsOf: (transport) =>
        limitsOf(parameters, transport, (text) => child.log('postfix/qmgr', `warning: ${text}`)),
      agentsOf: (transport) => pools.get(transport) ?? null,
      reporter: bounceService(instance, queue),
    });
  });
}

function qmgrParams(parameters: Parameters): QmgrParams {
  return {
    queue_directory: parameters.text('queue_directory'),
    minimal_backoff_time: parameters.time('minimal_backoff_time'),
    maximal_backoff_time: parameters.time('maximal_backoff_time'),
    queue_run_delay: parameters.time('queue_run_delay'),
    maximal_queue_lifetime: parameters.time('maximal_queue_lifetime'),
    bounce_queue_lifetime: parameters.time('bounce_queue_lifetime'),
    delay_warning_time: parameters.time('delay_warning_time'),
    qmgr_message_active_limit: parameters.number('qmgr_message_active_limit'),
    qmgr_clog_warn_time: parameters.time('qmgr_clog_warn_time'),
    defer_transports: parameters.list('defer_transports'),
  };
}

// bounce(8), made when there is something to report.
function bounceService(instance: Instance, queue: InstanceQueue): Reporter {
  let made: Reporter | null = null;
  return {
    *report(os, task, message) {
      made ??= (yield* lateCode(os)).makeReporter(instance, queue);
      return yield* made.report(os, task, message);
    },
  };
}

function startListeners(
  os: Os,
  front: Os,
  { instance, entries }: { instance: Instance; entries: readonly MasterEntry[] },
): void {
  const anvil = new Anvil(instance.parameters.time('anvil_rate_time_unit'));
  for (const entry of entries) {
    if (entry.type !== 'inet' || entry.command !== 'smtpd') continue;
    startInetService(os, front, {
      entry,
      service: serviceOf(instance, entry),
      serve: (child, conn, service) => runSmtpd(child, conn, service, verifyPassword, anvil),
    });
  }
}
