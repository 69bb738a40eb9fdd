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

import { formatDate } from '../../../protocols/message/date.ts';

import { NEVER, type Channel, type Os, type Proc } from '../../../os/os.ts';

import { report, type BounceConfig } from '../bounce/notify.ts';
import { unfinishedDirectory } from '../cleanup/cleanup.ts';
import type { Instance } from '../instance.ts';
import { readMainCf } from '../main-cf.ts';
import { parseMasterCf, type MasterEntry } from '../master-cf.ts';
import type { Parameters } from '../parameters.ts';
import { InstanceQueue } from '../qmgr/instance-queue.ts';
import { qmgr } from '../qmgr/qmgr.ts';
import type { QmgrEvent, QmgrParams } from '../qmgr/state.ts';
import { verifyPassword } from '../sasl/authenticate.ts';
import { Anvil } from '../smtpd/anvil.ts';
import { runSmtpd } from '../smtpd/smtpd.ts';

import { limitsOf, serviceOf, startDeliveryServices } from './delivery-services.ts';
import { enterMessage, traceLines } from './enter-message.ts';
import { startInetService } from './inet-service.ts';
import { makeInstance } from './make-instance.ts';

const configDirectory = '/etc/postfix';
const ident = 'postfix/master';

/** Starts Postfix on the host. */
export function startPostfix(os: Os): void {
  os.spawn('postfix/master', master);
}

/** Runs until the host ends. */
export function* master(os: Os): Proc<void> {
  const { parameters, problems } = readMainCf(os, `${configDirectory}/main.cf`);
  const masterCf = os.files.read(`${configDirectory}/master.cf`);
  const { entries, problems: faults } = parseMasterCf(masterCf === null ? '' : utf8.decode(masterCf));
  const fatal = [...problems.map(({ file, line, text }) => `${file}, line ${line}: ${text}`), ...faults];
  if (masterCf === null) fatal.push(`open ${configDirectory}/master.cf: No such file or directory`);
  if (fatal.length > 0) {
    for (const text of fatal) os.log(ident, `fatal: ${text}`);
    return;
  }
  os.log(
    ident,
    `daemon started -- version ${parameters.text('mail_version')}, configuration ${configDirectory}`,
  );
  const events: Channel<QmgrEvent> = os.channel();
  const cleanup = startCleanup(os, parameters);
  const instance = makeInstance({
    parameters,
    addresses: os.addresses,
    cleanupOs: cleanup,
    wake: () => events.put({ kind: 'incoming' }),
  });
  startQueueManager(os, { instance, entries, events });
  startListeners(os, instance, entries);
  try {
    yield* flushOnRequest(os, events);
  } finally {
    os.log(ident, 'terminating on signal 15');
  }
}

// The process whose pid cleanup's log lines bear; see cleanup.ts for why it does nothing else.
function startCleanup(os: Os, parameters: Parameters): () => Os {
  const unfinished = `${parameters.text('queue_directory')}/${unfinishedDirectory}`;
  for (const path of os.files.list(unfinished)) os.files.remove(path);
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
  }: { instance: Instance; entries: readonly MasterEntry[]; events: Channel<QmgrEvent> },
): void {
  const { parameters } = instance;
  os.spawn('postfix/qmgr', (child) => {
    const queue = new InstanceQueue(child, instance);
    const pools = startDeliveryServices(os, {
      instance,
      entries,
      markDone: (request, recipient) => queue.markDone(request.queueId, 'active', recipient.index),
    });
    const bounce = bounceConfig(instance, queue);
    return qmgr(child, {
      params: qmgrParams(parameters),
      queue,
      events,
      limitsOf: (transport) => limitsOf(parameters, transport),
      agentsOf: (transport) => pools.get(transport) ?? null,
      reporter: { report: (reporter, task, message) => report(reporter, bounce, task, message) },
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
  };
}

function bounceConfig(instance: Instance, queue: InstanceQueue): BounceConfig {
  const { parameters } = instance;
  return {
    myhostname: parameters.text('myhostname'),
    myorigin: parameters.text('myorigin'),
    queue_directory: parameters.text('queue_directory'),
    bounce_size_limit: parameters.number('bounce_size_limit'),
    delay_warning_time: parameters.time('delay_warning_time'),
    maximal_queue_lifetime: parameters.time('maximal_queue_lifetime'),
    double_bounce_sender: parameters.text('double_bounce_sender'),
    readContent: (queueId) => queue.readContent(queueId, 'active'),
    *enter(os, message): Proc<string | null> {
      const address = message.recipient;
      return yield* enterMessage(os, instance, {
        sender: message.sender,
        recipients: [{ address, originalAddress: address, dsnOriginalRecipient: '', notify: '' }],
        encoding: '8bit',
        headerOf: (queueId) => `${traceLines(os, instance, queueId)}Date: ${formatDate(os.epochUs())}\r\n`,
        content: message.content,
      });
    },
  };
}

function startListeners(os: Os, instance: Instance, entries: readonly MasterEntry[]): void {
  const anvil = new Anvil(instance.parameters.time('anvil_rate_time_unit'));
  for (const entry of entries) {
    if (entry.type !== 'inet' || entry.command !== 'smtpd') continue;
    startInetService(os, {
      entry,
      service: serviceOf(instance, entry),
      serve: (child, conn, service) => runSmtpd(child, conn, service, verifyPassword, anvil),
    });
  }
}

function* flushOnRequest(os: Os, events: Channel<QmgrEvent>): Proc<void> {
  const inputs = os.inputs('queue.');
  for (;;) {
    const input = yield* inputs.take({ deadline: NEVER });
    if (input !== 'timeout' && input.kind === 'queue.flush') events.put({ kind: 'flush' });
  }
}
