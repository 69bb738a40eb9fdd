// Commands and saved files as inputs: they do on the host what an administrator's shell does, and replay alike.
import { expect, test } from 'vitest';

import { worldNamed } from '../../lessons/worlds/index.ts';
import { engineVersion, type InputCommand, type Run } from '../../workers/input.ts';
import { LocalPartition } from '../../workers/partition-port.ts';
import { roles } from '../../workers/hosts/all-roles.ts';
import { Simulation } from '../../workers/simulation.ts';
import { eventAt } from '../../workers/trace/batch.ts';
import type { TraceEvent, TraceKind } from '../../workers/trace/event.ts';

const second = 1_000_000;
const host = 'mx.far.example';
const cable: [string, string] = [host, 'mta1.acme.example'];
const world = worldNamed('two-islands')!;
const mainCf = world.hosts.find(({ name }) => name === host)!.files['/etc/postfix/main.cf']!;
const mail: InputCommand = {
  kind: 'mua.send',
  host: 'ws-alice.far.example',
  user: 'alice@far.example',
  to: 'bob@acme.example',
  subject: 'Hello',
  text: 'Hello Bob!\n'.repeat(200),
};

class Played {
  readonly events: TraceEvent[] = [];
  readonly #simulation: Simulation;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  static async start(run?: Run, placement: 'one' | 'host' = 'one'): Promise<Played> {
    return new Played(
      await Simulation.boot({
        run: run ?? { version: engineVersion, world, seed: 1, inputs: [] },
        placement,
        keepTrace: true,
        start: (spec) => new LocalPartition(spec, roles),
      }),
    );
  }
  get run(): Run {
    return this.#simulation.run;
  }
  async until(at: number): Promise<this> {
    await this.#simulation.runUntil(at);
    for (let chunk = this.#simulation.takeTrace(); chunk !== null; chunk = this.#simulation.takeTrace())
      for (let i = 0; i < chunk.count; i++) this.events.push(eventAt(chunk, i));
    expect(this.#simulation.failures.map(({ stack }) => stack)).toEqual([]);
    return this;
  }
  async does(atSeconds: number, command: InputCommand): Promise<void> {
    await this.until(atSeconds * second - 1);
    this.#simulation.input(command, atSeconds * second);
  }
  async runs(atSeconds: number, ...argv: string[]): Promise<void> {
    await this.does(atSeconds, { kind: 'host.run', host, argv });
  }
  seen<K extends TraceKind>(kind: K): Extract<TraceEvent, { kind: K }>[] {
    return this.events.filter((event): event is Extract<TraceEvent, { kind: K }> => event.kind === kind);
  }
  log(): string {
    return this.seen('log.line-written')
      .map(({ ident, text }) => `${ident}: ${text}`)
      .join('\n');
  }
  hash(): Promise<string> {
    return this.#simulation.hash();
  }
}

/** A mail that is deferred because the cable is cut, then held, released, requeued, flushed and deleted. */
async function administered(): Promise<{ played: Played; queueId: string }> {
  const played = await Played.start();
  await played.does(5, { kind: 'link.set', between: cable, fault: 'down' });
  await played.does(6, mail);
  await played.until(60 * second);
  const { queueId } = played.seen('queue.message-entered').at(-1)!;
  await played.runs(61, 'postsuper', '-h', queueId);
  await played.runs(62, 'postqueue', '-p');
  await played.runs(63, 'postsuper', '-H', queueId);
  await played.runs(64, 'postqueue', '-f');
  await played.until(80 * second);
  await played.runs(81, 'postsuper', '-d', queueId);
  await played.until(90 * second);
  return { played, queueId };
}

test('a deferred mail is held, released, tried again and deleted by the commands of Postfix', async () => {
  const { played, queueId } = await administered();
  const moves = played
    .seen('queue.file-moved')
    .filter((event) => event.queueId === queueId && event.at > 60 * second)
    .map(({ from, to }) => `${from}>${to}`);
  expect(moves.slice(0, 2)).toEqual(['deferred>hold', 'hold>deferred']);
  expect(moves).toContain('deferred>active');
  expect(moves.at(-1)).toBe('deferred>');
  const ended = played.seen('command.ended');
  expect(ended.map(({ command, status }) => [command, status])).toEqual([
    [`postsuper -h ${queueId}`, 0],
    ['postqueue -p', 0],
    [`postsuper -H ${queueId}`, 0],
    ['postqueue -f', 0],
    [`postsuper -d ${queueId}`, 0],
  ]);
  expect(ended[0]!.output).toBe(
    `postsuper: ${queueId}: placed on hold\npostsuper: Placed on hold: 1 message\n`,
  );
  expect(ended[1]!.output).toContain(`${queueId}!`);
  const inputs = played.seen('input.accepted');
  for (const { cause } of ended) expect(inputs.some(({ id }) => id === cause)).toBe(true);
});

test('what was done by commands and files replays to the same hash, in one partition or many', async () => {
  const { played } = await administered();
  await played.does(91, { kind: 'file.write', host, path: '/etc/postfix/main.cf', text: `${mainCf}#\n` });
  await played.runs(91, 'postfix', 'reload');
  await played.until(100 * second);
  const again = await Played.start(played.run);
  await again.until(100 * second);
  expect(await again.hash()).toBe(await played.hash());
  const apart = await Played.start(JSON.parse(JSON.stringify(played.run)) as Run, 'host');
  await apart.until(100 * second);
  expect(await apart.hash()).toBe(await played.hash());
});

test('a saved main.cf counts after a reload, not before', async () => {
  const played = await Played.start();
  const text = `${mainCf}message_size_limit = 1000\n`;
  await played.does(5, { kind: 'file.write', host, path: '/etc/postfix/main.cf', text });
  await played.does(6, mail);
  await played.until(20 * second);
  expect(played.seen('mua.message-submitted')).toHaveLength(1);
  await played.runs(21, 'postfix', 'reload');
  await played.does(22, mail);
  await played.until(40 * second);
  expect(played.seen('mua.message-submitted')).toHaveLength(1);
  expect(played.log()).toContain('postfix/postfix-script: refreshing the Postfix mail system');
  expect(played.seen('mua.failed').at(-1)!.text).toContain('552 5.3.4');
  expect(played.seen('file.written').map(({ path }) => path)).toEqual(['/etc/postfix/main.cf']);
});

test('postconf -e changes the file, and the trace says so', async () => {
  const played = await Played.start();
  await played.runs(5, 'postconf', '-e', 'soft_bounce = yes');
  await played.until(6 * second);
  expect(played.seen('command.ended').map(({ command }) => command)).toEqual([
    "postconf -e 'soft_bounce = yes'",
  ]);
  expect(played.seen('file.written').at(-1)!.text).toContain('soft_bounce = yes\n');
});

test('a main.cf that cannot be read stops the reload, and mail goes on', async () => {
  const played = await Played.start();
  const path = '/etc/postfix/main.cf';
  await played.does(5, { kind: 'file.write', host, path, text: `${mainCf}nonsense\n` });
  await played.runs(5, 'postfix', 'reload');
  await played.does(6, mail);
  await played.until(20 * second);
  expect(played.seen('command.ended').at(-1)).toMatchObject({ status: 1 });
  expect(played.seen('mua.message-submitted')).toHaveLength(1);
});

test('a command that is not there ends with 127; on a host that is down nothing runs', async () => {
  const played = await Played.start();
  await played.runs(5, 'nonesuch', '-rf', '/');
  await played.does(6, { kind: 'host.stop', host });
  await played.runs(7, 'mailq');
  await played.does(8, { kind: 'host.run', host: 'nowhere.example', argv: ['mailq'] });
  await played.until(9 * second);
  expect(played.seen('command.ended')).toMatchObject([
    { status: 127, output: 'sh: 1: nonesuch: not found\n' },
  ]);
});

test('an input that is refused is not in the log, and the run goes on', async () => {
  const played = await Played.start();
  await expect(played.does(5, { kind: 'host.run', host, argv: [] })).rejects.toThrow('expected a command');
  await expect(played.does(5, { kind: 'file.write', host, path: '/etc/../x', text: '' })).rejects.toThrow(
    'expected the path of a file',
  );
  expect(played.run.inputs).toEqual([]);
  await played.runs(6, 'mailq');
  await played.until(7 * second);
  expect(played.seen('command.ended').at(-1)!.output).toBe('Mail queue is empty\n');
});

test('a loop over the queue, typed at a terminal, holds each message; its run replays to the same hash', async () => {
  const played = await Played.start();
  await played.does(5, { kind: 'link.set', between: cable, fault: 'down' });
  await played.does(6, mail);
  await played.until(60 * second);
  await played.does(61, { kind: 'tty.open', host, tty: 1, columns: 80 });
  const text = "for q in $(mailq | awk '/^[0-9A-F]/{print $1}'); do postsuper -h $q; done\n";
  await played.does(62, { kind: 'tty.input', host, tty: 1, text });
  await played.until(70 * second);
  expect(played.seen('tty.command-ended')).toMatchObject([{ tty: 1, status: 0 }]);
  expect(played.seen('queue.file-moved').at(-1)).toMatchObject({ from: 'deferred', to: 'hold' });
  const again = await Played.start(played.run, 'host');
  await again.until(70 * second);
  expect(await again.hash()).toBe(await played.hash());
});
