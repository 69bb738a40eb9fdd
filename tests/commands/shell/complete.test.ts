// What the end of a command line may become; asking it changes nothing.
import { expect, test } from 'vitest';

import { twoIslands } from '../../../lessons/worlds/two-islands/world.ts';
import { roles } from '../../../workers/hosts/all-roles.ts';
import { engineVersion } from '../../../workers/input.ts';
import { SECOND } from '../../../workers/os/os.ts';
import { LocalPartition } from '../../../workers/partition-port.ts';
import { Simulation } from '../../../workers/simulation.ts';

const mx = 'mx.far.example';

async function openAt(
  host: string,
): Promise<{ simulation: Simulation; words: (line: string) => Promise<string[]> }> {
  const simulation = await Simulation.boot({
    run: { version: engineVersion, world: twoIslands, seed: 1, inputs: [] },
    placement: 'one',
    keepTrace: true,
    start: (spec) => new LocalPartition(spec, roles),
  });
  simulation.input({ kind: 'tty.open', host, tty: 1, columns: 80 }, 0);
  await simulation.runUntil(SECOND);
  const hosts = twoIslands.hosts.map(({ name }) => name);
  const addresses = twoIslands.people.map(({ address }) => address);
  return {
    simulation,
    words: async (line) => {
      const found = await simulation.complete({ host, tty: 1, line, hosts, addresses });
      return (found?.words ?? []).map((word) => line.slice(0, found!.from) + word);
    },
  };
}

test('commands, also behind a pipe, a semicolon, a loop and sudo', async () => {
  const { words } = await openAt(mx);
  expect(await words('mailq')).toEqual(['mailq']);
  expect(await words('postsu')).toEqual(['postsuper']);
  expect(await words('mailq | gre')).toEqual(['mailq | grep']);
  expect(await words('for q in $(mailq); do posts')).toEqual(['for q in $(mailq); do postsuper']);
  expect(await words('echo $(postca')).toEqual(['echo $(postcat']);
  expect(await words('sudo postco')).toEqual(['sudo postconf']);
  expect(await words('man postq')).toEqual(['man postqueue']);
});

test('files and directories, from the root, from here, behind a redirection, with blanks quoted', async () => {
  const { words, simulation } = await openAt(mx);
  expect(await words('cat /etc/postfix/ma')).toEqual([
    'cat /etc/postfix/main.cf',
    'cat /etc/postfix/master.cf',
  ]);
  expect(await words('cd /etc/post')).toEqual(['cd /etc/postfix/']);
  expect(await words('cd /etc/postfix/ma')).toEqual([]);
  const text = 'cd /etc/postfix; echo x > "a b.txt"; hidden=1\n';
  simulation.input({ kind: 'tty.input', host: mx, tty: 1, text }, 0);
  await simulation.runUntil(2 * SECOND);
  expect(await words('cat a')).toEqual(['cat a\\ b.txt']);
  expect(await words('cat "a')).toEqual(['cat "a b.txt"']);
  expect(await words('grep x < mai')).toEqual(['grep x < main.cf']);
  expect(await words('echo $hid')).toEqual(['echo $hidden']);
});

test('options of the command, and none that are not there', async () => {
  const { words } = await openAt(mx);
  expect(await words('grep -')).toContain('grep -i');
  expect(await words('sort --rev')).toEqual(['sort --reverse']);
  expect(await words('sort -')).not.toContain('sort -R');
  expect(await words('mailq | sort -u | head --l')).toEqual(['mailq | sort -u | head --lines']);
});

test('hosts, addresses, parameters', async () => {
  const { words } = await openAt(mx);
  expect(await words('telnet mta1')).toEqual(['telnet mta1.acme.example']);
  expect(await words('sendmail bo')).toEqual(['sendmail bob@acme.example']);
  expect(await words('grep bob@')).toEqual(['grep bob@acme.example']);
  expect(await words('postconf myhost')).toEqual(['postconf myhostname']);
  expect(await words('postconf -e maximal_b')).toEqual(['postconf -e maximal_backoff_time=']);
});

test('queue ids of the letters that lie there', async () => {
  const { words, simulation } = await openAt(mx);
  const text = 'echo hello | sendmail bob@acme.example; postsuper -h ALL\n';
  simulation.input({ kind: 'link.set', between: [mx, 'mta1.acme.example'], fault: 'down' }, 0);
  simulation.input({ kind: 'tty.input', host: mx, tty: 1, text }, 0);
  await simulation.runUntil(10 * SECOND);
  const found = await words('postsuper -r ');
  expect(found).toHaveLength(2);
  expect(found[0]).toMatch(/^postsuper -r [0-9A-F]{6,}$/);
  expect(await words(found[0]!.slice(0, -3).replace('-r', '-H'))).toEqual([found[0]!.replace('-r', '-H')]);
});

test('a question leaves no trace, and the run goes on as without it', async () => {
  const [asked, other] = [await openAt(mx), await openAt(mx)];
  for (const line of ['', 'ma', 'cat /', 'postsuper -d ', '$', 'a"b c', '\\', '((((', '\ud800'])
    await asked.words(line);
  expect(asked.simulation.takeTrace()!.count).toBe(other.simulation.takeTrace()!.count);
  expect(await asked.simulation.hash()).toBe(await other.simulation.hash());
  await Promise.all([asked, other].map(({ simulation }) => simulation.runUntil(60 * SECOND)));
  expect(await asked.simulation.hash()).toBe(await other.simulation.hash());
});

test('while a command runs, and where no terminal is open, there is nothing', async () => {
  const { simulation, words } = await openAt(mx);
  simulation.input({ kind: 'tty.input', host: mx, tty: 1, text: 'tail -f /var/log/mail.log\n' }, 0);
  await simulation.runUntil(2 * SECOND);
  expect(await words('mai')).toEqual([]);
  const question = { host: 'mta1.acme.example', tty: 1, line: 'mai', hosts: [], addresses: [] };
  expect(await simulation.complete(question)).toBeNull();
  expect(await simulation.complete({ ...question, host: 'nobody' })).toBeNull();
});
