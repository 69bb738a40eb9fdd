/**
 * postfix — controls the mail system: start, stop, abort, reload, flush, check, status, logrotate
 *
 * Says what it does in the mail log only: standard error, where it would say it too, is no terminal here.
 *
 * SIMPLIFIED: "check" looks for the files that Postfix cannot do without; owners and permissions, which files
 * of a host have not, are always right. Of the set-up commands (set-permissions, upgrade-configuration, tls)
 * there is nothing to do.
 *
 * SEE ALSO  postfix(1), ../../daemons/postfix/master/master.ts
 */
import * as ascii from '../../bytes/ascii.ts';

import { SECOND, type Channel, type Os, type Proc } from '../../os/os.ts';
import { startPostfix } from '../../daemons/postfix/master/master.ts';
import type { Parameters } from '../../daemons/postfix/parameters.ts';
import { servicePaths, type MasterRequest } from '../../daemons/postfix/services.ts';

import { Program, type Command, type CommandIo, type Stdin } from './command.ts';
import { getopt } from './getopt.ts';
import { postqueue } from './postqueue.ts';
import { postsuper } from './postsuper.ts';

const usage = 'usage: postfix [-c config_dir] [-Dv] command';
const commands =
  'start (or stop, reload, abort, flush, check, status, set-permissions, upgrade-configuration, logrotate)';

/** postfix(1) */
export const postfix: Command = function* (os, args, stdin, io) {
  const program = new Program(os, io, { name: 'postfix', logs: true });
  const { options, operands, wrong } = getopt(program, args, 'c:Dv');
  const [command, ...rest] = operands;
  if (wrong || command === undefined) return program.fatal(usage);
  const configDirectory = options.find(({ letter }) => letter === 'c')?.value;
  const parameters = program.readParameters(configDirectory);
  if (typeof parameters === 'number') return parameters;
  const repair = (queues: readonly string[]): Proc<number> =>
    postsuper(os, configDirectory === undefined ? queues : ['-c', configDirectory, ...queues], stdin, io);
  const script = new Script(os, parameters, { configDirectory: configDirectory ?? '/etc/postfix', repair });
  if (command === 'flush') return yield* flushCommand(os, stdin, io);
  return yield* script.run(command, rest);
};

function* flushCommand(os: Os, stdin: Stdin, io: CommandIo): Proc<number> {
  return yield* postqueue(os, ['-f'], stdin, io);
}

/** postfix-script: what the commands do. */
class Script {
  readonly #os: Os;
  readonly #spool: string;
  readonly #configDirectory: string;
  readonly #parameters: Parameters;
  readonly #repair: (queues: readonly string[]) => Proc<number>;

  /** @param with_ repair = postsuper(1) for some queues, [] = all */
  constructor(
    os: Os,
    parameters: Parameters,
    with_: { configDirectory: string; repair: (queues: readonly string[]) => Proc<number> },
  ) {
    this.#os = os;
    this.#parameters = parameters;
    this.#configDirectory = with_.configDirectory;
    this.#repair = with_.repair;
    this.#spool = parameters.text('queue_directory');
  }

  *run(command: string, rest: readonly string[]): Proc<number> {
    switch (command) {
      case 'start':
      case 'start-fg':
        return yield* this.#start();
      case 'stop':
        return yield* this.#stop('stopping');
      case 'abort':
        return yield* this.#stop('aborting');
      case 'reload':
        return yield* this.#reload();
      case 'status':
        return this.#status();
      case 'check':
        return this.#check();
      case 'logrotate':
        return this.#logrotate(rest);
      case 'set-permissions':
      case 'upgrade-configuration':
        return 0;
      default:
        return this.#fatal(`unknown command: '${command}'. Usage: postfix ${commands}`);
    }
  }

  *#start(): Proc<number> {
    if (this.#master() !== null) return this.#fatal('the Postfix mail system is already running');
    if (this.#check() !== 0 || (yield* this.#repair([])) !== 0)
      return this.#fatal('Postfix integrity check failed!');
    this.#say('starting the Postfix mail system');
    startPostfix(this.#os);
    const deadline = this.#os.now() + 10 * SECOND;
    while (this.#master() === null && this.#os.now() < deadline)
      yield* this.#os.sleepUntil(this.#os.now() + SECOND / 100);
    return this.#master() === null ? this.#fatal('mail system startup failed') : 0;
  }

  *#stop(what: 'stopping' | 'aborting'): Proc<number> {
    const master = this.#master();
    if (master === null) return this.#fatal(notRunning);
    this.#say(`${what} the Postfix mail system`);
    master.put({ kind: 'signal', signal: 'TERM' });
    for (let tries = 0; tries < 5; tries++) {
      yield* this.#os.sleepUntil(this.#os.now() + SECOND / 1000);
      if (this.#master() === null) return 0;
      this.#say('waiting for the Postfix mail system to terminate');
      yield* this.#os.sleepUntil(this.#os.now() + SECOND);
    }
    return 0;
  }

  // SIMPLIFIED: what is active keeps its name until the next start; the real program gives it another, and
  // may deliver it twice.
  *#reload(): Proc<number> {
    const master = this.#master();
    if (master === null) return this.#fatal(notRunning);
    this.#say('refreshing the Postfix mail system');
    master.put({ kind: 'signal', signal: 'HUP' });
    return yield* this.#repair(['defer', 'bounce', 'maildrop', 'incoming', 'deferred', 'hold', 'flush']);
  }

  #status(): number {
    if (this.#master() === null) {
      this.#say(notRunning);
      return 1;
    }
    const file = this.#os.files.read(`${this.#spool}/${servicePaths.master}`);
    const pid = file === null ? '' : ascii.decode(file).trim();
    this.#say(`the Postfix mail system is running: PID: ${pid}`);
    return 0;
  }

  #check(): number {
    const { files } = this.#os;
    if (!files.exists(`${this.#configDirectory}/master.cf`))
      return this.#fatal(`no ${this.#configDirectory}/master.cf file found`);
    for (const path of files.list(`${this.#spool}/corrupt`))
      this.#log(`warning: damaged message: ${path.slice(this.#spool.length + 1)}`);
    return 0;
  }

  #logrotate(rest: readonly string[]): number {
    if (rest.length > 0) return this.#fatal('usage postfix logrotate (no arguments)');
    const log = this.#parameters.text('maillog_file');
    if (log === '') return this.#fatal("empty 'maillog_file' parameter value - logfile rotation failed");
    if (log.startsWith('/dev/')) return this.#fatal(`not rotating '${log}'`);
    this.#os.files.rename(log, `${log}.1`);
    return 0;
  }

  #master(): Channel<MasterRequest> | null {
    return this.#os.bound<MasterRequest>(`${this.#spool}/${servicePaths.master}`);
  }
  #say(text: string): void {
    this.#log(text);
  }
  #fatal(text: string): number {
    this.#log(`fatal: ${text}`);
    return 1;
  }
  #log(text: string): void {
    this.#os.log('postfix/postfix-script', text);
  }
}

const notRunning = 'the Postfix mail system is not running';
