// Defaults of all the parameters that were recorded.
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

import { SECOND } from '../../../workers/os/os.ts';
import { golden, host, hostOf, shell } from './play.ts';

const recorded = readFileSync(path.join(import.meta.dirname, '../../daemons/postfix/postconf-d.txt'), 'utf8')
  .split('\n')
  .filter((line) => / =/.test(line) && !line.startsWith('#'));
const ofTheMachine =
  /^(smtpd_per_record_deadline|myhostname|mydomain|mynetworks|process_id|config_directory|mail_release_date|(smtpd?|lmtp)_tls_(mandatory_)?protocols) =/;
const services = readFileSync(`${golden}/rec1/services.master.cf`, 'utf8');
const world = hostOf({ mainCf: 'compatibility_level = 3.6\n', masterCf: services });
world.run(SECOND);
const ours = world.call(host, (os) => shell(os, 'postconf -d')).text.split('\n');
const builtIn = world.call(host, (os) => shell(os, 'postconf -d -C builtin')).text.split('\n');

test('postconf -d lists all 829 parameters of Postfix 3.7 in the order of their names', () => {
  expect(builtIn.slice(0, -1)).toHaveLength(829);
  const names = builtIn.slice(0, -1).map((line) => line.split(' ')[0]!);
  expect([...names].sort()).toEqual(names);
});

test('the recorded defaults are ours, but for what a machine has of its own, and a name of long ago', () => {
  const has = new Set(ours);
  expect(recorded.filter((line) => !ofTheMachine.test(line) && !has.has(line))).toEqual([]);
  expect(recorded.length).toBeGreaterThan(200);
});
