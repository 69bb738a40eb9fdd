/**
 * postsuper — maintenance of the mail queue: -d delete, -h hold, -H release, -r requeue, -e expire, -f expire
 * or release; a queue id, "ALL", or "-" for a list from standard input
 *
 * Works on the files whether Postfix runs or not; a running queue manager finds out when it looks for them.
 * Single messages are named in the log, mass actions only counted.
 *
 * SIMPLIFIED: -p finds nothing to do: here no file is left half written. Files are in no subdirectories that
 * -s would have to look after.
 *
 * SEE ALSO  postsuper(1), repair-queue.ts (-s, -S)
 */
import * as ascii from '../../bytes/ascii.ts';

import type { QueueName } from '../../os/os.ts';
import { bounceLogPath } from '../../daemons/postfix/bounce/bounce-log.ts';
import { decodeQueueFile, encodeForceExpire } from '../../daemons/postfix/cleanup/queue-file.ts';
import { isQueueId } from '../../daemons/postfix/flush/flush.ts';
import { servicePaths, type MasterRequest, type QmgrTrigger } from '../../daemons/postfix/services.ts';

import { Program, type Command } from './command.ts';
import { getopt } from './getopt.ts';
import { repairQueue } from './repair-queue.ts';

type Action = 'd' | 'e' | 'f' | 'h' | 'H' | 'r';

const logQueues = Object.freeze(['bounce', 'defer', 'trace'] as const);
const messageQueues: readonly string[] = Object.freeze([
  'maildrop',
  'incoming',
  'active',
  'deferred',
  'hold',
]);
const otherQueues: readonly string[] = Object.freeze(['trace', 'defer', 'bounce', 'flush']);
const defaultQueues: readonly string[] = Object.freeze([
  'defer',
  'bounce',
  'maildrop',
  'incoming',
  'active',
  'deferred',
  'hold',
  'flush',
]);

/** postsuper(1) */
export const postsuper: Command = function* (os, args, stdin, io) {
  const program = new Program(os, io, { name: 'postsuper', logs: true });
  const { options, operands, wrong } = getopt(program, args, 'c:d:e:f:h:H:pr:sSv');
  if (wrong) return program.fatal(usage);
  const given = options.find(({ letter }) => letter === 'c')?.value;
  if (given?.startsWith('/') === false) return program.fatal('-c requires absolute pathname');
  const parameters = program.readParameters(given);
  if (typeof parameters === 'number') return parameters;
  const queues = operands.length > 0 ? operands : defaultQueues;
  const work = new QueueWork(program, parameters.text('queue_directory'));
  const has = (letters: string): boolean => options.some(({ letter }) => letters.includes(letter));
  let renamed = 0;
  if (!has('defhHrp') || has('sS'))
    renamed = repairQueue(program, {
      spool: parameters.text('queue_directory'),
      queues,
      messageQueues,
      logQueues,
      long: parameters.bool('enable_long_queue_ids'),
      redundant: has('S'),
    });
  if (renamed > 0 && options.some(({ letter, value }) => 'defhHr'.includes(letter) && value !== 'ALL')) {
    program.error(namesChanged);
    return program.fatal('CHECK YOUR QUEUE IDS AND RE-ISSUE THE COMMAND');
  }
  const done = new Set<Action>();
  for (const { letter, value } of options) {
    if (!'defhHr'.includes(letter)) continue;
    const action = letter as Action;
    done.add(action);
    const ids = value === '-' ? linesOf(yield* stdin()) : [value];
    const bad = queues.find((queue) => !messageQueues.includes(queue) && !otherQueues.includes(queue));
    if (bad !== undefined && ids.some(isQueueId)) return program.fatal(`invalid directory name: ${bad}`);
    if (value === 'ALL') work.all(action, queues);
    else for (const queueId of ids) work.one(action, queues, queueId);
  }
  work.report(done);
  if (renamed > 0) {
    program.info(`Renamed to match inode number: ${renamed} message${renamed === 1 ? '' : 's'}`);
    program.warn(namesChanged);
  }
  return 0;
};

const namesChanged = 'QUEUE FILE NAMES WERE CHANGED TO MATCH INODE NUMBERS';

const usage =
  'usage: postsuper [-c config_dir] [-d queue_id (delete)] [-e queue_id (expire)] ' +
  '[-f queue_id (expire and/or un-hold)] [-h queue_id (hold)] [-H queue_id (un-hold)] ' +
  '[-p (purge temporary files)] [-r queue_id (requeue)] [-s (structure fix)] ' +
  '[-S (redundant structure fix)][-v (verbose)] [queue...]';

function linesOf(bytes: Uint8Array): string[] {
  const lines = ascii.decode(bytes).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The operations, and how often each succeeded. */
class QueueWork {
  readonly #program: Program;
  readonly #spool: string;
  readonly #counts = { deleted: 0, requeued: 0, held: 0, released: 0, expired: 0 };

  constructor(program: Program, spool: string) {
    this.#program = program;
    this.#spool = spool;
  }

  /** One message, by its id. */
  one(action: Action, queues: readonly string[], queueId: string): void {
    if (!isQueueId(queueId)) {
      this.#program.warn(`invalid mail queue id: ${queueId}`);
      return;
    }
    for (const step of stepsOf(action)) {
      const queue = queues.find((name) => this.#applies(step, name) && this.#has(name, queueId));
      if (queue === undefined) continue;
      if (step === 'd')
        for (const log of logQueues) this.#program.os.files.remove(bounceLogPath(this.#spool, log, queueId));
      if (this.#do(step, queue as QueueName, queueId)) this.#program.info(`${queueId}: ${words[step]}`);
    }
  }

  /** Every message of the queues. */
  all(action: Action, queues: readonly string[]): void {
    const { files } = this.#program.os;
    for (const queue of queues) {
      const directory = `${this.#spool}/${queue}`;
      for (const path of files.list(directory)) {
        const queueId = path.slice(directory.length + 1);
        if (!messageQueues.includes(queue)) {
          if (action === 'd') files.remove(path);
          continue;
        }
        for (const step of stepsOf(action))
          if (this.#applies(step, queue)) this.#do(step, queue as QueueName, queueId);
      }
    }
  }

  /** Says how many messages were concerned. */
  report(actions: ReadonlySet<Action>): void {
    const say = (what: string, count: number): void =>
      this.#program.info(`${what}: ${count} message${count === 1 ? '' : 's'}`);
    const { requeued, deleted, expired, held, released } = this.#counts;
    if (actions.has('r')) say('Requeued', requeued);
    if (actions.has('d')) say('Deleted', deleted);
    if (actions.has('e') || actions.has('f')) say('Force-expired', expired);
    if (actions.has('h')) say('Placed on hold', held);
    if (actions.has('H') || actions.has('f')) say('Released from hold', released);
  }

  #applies(step: Step, queue: string): boolean {
    if (!messageQueues.includes(queue)) return false;
    if (step === 'd') return true;
    if (step === 'H') return queue === 'hold';
    return queue !== 'maildrop' && (step !== 'h' || queue !== 'hold');
  }

  #has(queue: string, queueId: string): boolean {
    return this.#program.os.files.exists(`${this.#spool}/${queue}/${queueId}`);
  }

  #do(step: Step, queue: QueueName, queueId: string): boolean {
    const { os } = this.#program;
    switch (step) {
      case 'd':
        if (!os.files.remove(`${this.#spool}/${queue}/${queueId}`)) return false;
        os.trace({ kind: 'queue.file-moved', queueId, from: queue, to: '' });
        this.#counts.deleted++;
        return true;
      case 'h':
        if (!this.#move(queueId, queue, 'hold')) return false;
        this.#counts.held++;
        return true;
      case 'H':
        if (!this.#move(queueId, queue, 'deferred')) return false;
        os.bound<QmgrTrigger>(`${this.#spool}/${servicePaths.qmgr}`)?.put({ kind: 'deferred' });
        this.#counts.released++;
        return true;
      case 'r':
        if (!this.#move(queueId, queue, 'maildrop')) return false;
        os.files.setModifiedAt(`${this.#spool}/maildrop/${queueId}`, os.now());
        os.bound<MasterRequest>(`${this.#spool}/${servicePaths.pickup}`)?.put({ kind: 'maildrop' });
        this.#counts.requeued++;
        return true;
      case 'e':
        if (!this.#expire(`${this.#spool}/${queue}/${queueId}`)) return false;
        this.#counts.expired++;
        return true;
    }
  }

  #move(queueId: string, from: QueueName, to: QueueName): boolean {
    const { os } = this.#program;
    if (!os.files.rename(`${this.#spool}/${from}/${queueId}`, `${this.#spool}/${to}/${queueId}`))
      return false;
    os.trace({ kind: 'queue.file-moved', queueId, from, to });
    return true;
  }

  // The mark does not change when the message is tried next. SIMPLIFIED: a mark in the file, where the real
  // one sets a permission bit.
  #expire(path: string): boolean {
    const { files } = this.#program.os;
    const bytes = files.read(path);
    const file = bytes === null ? null : decodeQueueFile(bytes);
    if (file === null || file.envelope.forceExpire) return false;
    const next = files.modifiedAt(path);
    files.append(path, encodeForceExpire());
    if (next !== null) files.setModifiedAt(path, next);
    return true;
  }
}

type Step = Exclude<Action, 'f'>;

// -f does what -e and -H do.
function stepsOf(action: Action): Step[] {
  return action === 'f' ? ['e', 'H'] : [action];
}

const words = Object.freeze({
  d: 'removed',
  h: 'placed on hold',
  H: 'released from hold',
  r: 'requeued',
  e: 'expired',
} satisfies Record<Step, string>);
