// Private instances of the Postfix that is installed, with the configurations of the recordings: their own folders, ports and
// name server, started and ended by whoever asks for them.
import { spawnSync } from 'node:child_process';
import {
  appendFileSync, chmodSync, chownSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync,
} from 'node:fs'; // prettier-ignore
import os from 'node:os';
import path from 'node:path';

import { root } from '../../scripts/project.mjs';

import { startNameServer } from './name-server.mjs';

const recorded = path.join(root, 'tests/conformance/smtp/recorded');
const portsAbove = 10_000; // 12525 of the recordings is 22525 here
/** Where the instances deliver, see ./sink.mjs. */
export const sinkPort = 12601 + portsAbove;
/** The port of the first variant. */
export const variantPort = 23_000;
const nameServerAddress = '127.0.0.154';

/** Why it cannot be done here; null when it can. */
export function whyNot() {
  if (process.getuid?.() !== 0) return 'only root can start a Postfix';
  const commands = ['postfix', 'postmap', 'saslpasswd2'];
  const missing = commands.find((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
  return missing === undefined ? null : `${missing} is not installed`;
}

/** The main.cf by which a profile was recorded. */
export function configOf(profile) {
  if (['reentry', 'dist', 'filter'].includes(profile)) return 'trusted';
  return profile.startsWith('rate-') ? 'limits' : profile.split('-')[0];
}

/** The real port of a profile. */
export function portOf(profile) {
  return JSON.parse(readFileSync(path.join(recorded, 'ports.json'), 'utf8'))[profile] + portsAbove;
}

/**
 * Starts one instance per configuration ("mx", "strict", …), with a listener of its own for each variant of it.
 * @param variants [{config, parameters: {name: value}, port}]
 * @returns a function that ends all
 */
export async function startRealPostfix(configs, variants = []) {
  const zones = JSON.parse(readFileSync(path.join(recorded, 'zones.json'), 'utf8'));
  const endNameServer = await startNameServer(nameServerAddress, zones);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'postroom-postfix-'));
  chmodSync(folder, 0o755);
  makeSaslUsers(folder);
  const started = [];
  const end = () => {
    for (const etc of started) postfix(etc, 'stop');
    endNameServer();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const config of configs) {
      const etc = writeConfiguration(path.join(folder, config), config, folder);
      const services = variants.filter((variant) => variant.config === config).map(variantServices);
      appendFileSync(path.join(etc, 'master.cf'), services.join(''));
      started.push(etc);
      postfix(etc, 'start');
    }
  } catch (error) {
    end();
    throw error;
  }
  return end;
}

// A listener with parameters of its own, and a cleanup and a rewrite service which have them too.
function variantServices({ config, parameters, port }) {
  const options = Object.entries(parameters)
    .map(([name, value]) => ` -o {${name}=${value}}`)
    .join('');
  const rewrite = `-o rewrite_service_name=rewrite${port}`;
  return `127.0.0.1:${port} inet n - ${config === 'submission' ? 'n' : 'y'} - - smtpd${options} ${rewrite} -o cleanup_service_name=cleanup${port}
cleanup${port} unix n - n - 0 cleanup${options} ${rewrite}
rewrite${port} unix - - n - - trivial-rewrite${options}
`;
}

function postfix(etc, operation) {
  const result = spawnSync('postfix', ['-c', etc, operation], { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`postfix ${operation}: ${result.stderr}`);
}

function makeSaslUsers(folder) {
  const database = path.join(folder, 'sasldb2');
  writeFileSync(
    path.join(folder, 'smtpd.conf'),
    `pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: ${database}\nmech_list: LOGIN PLAIN\n`,
  );
  for (const [user, password] of [
    ['alice', 'secret1'],
    ['bob', 'secret2'],
  ])
    // prettier-ignore
    spawnSync('saslpasswd2', ['-p', '-c', '-f', database, '-u', 'example.com', user], { input: password });
  const { uid } = postfixUser();
  if (existsSync(database)) chownSync(database, uid, 0);
}

function postfixUser() {
  const id = (option) => Number(spawnSync('id', [option, 'postfix'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}

/** Writes etc/ and what lies in the chroot. @returns the path of etc/ */
function writeConfiguration(home, config, folder) {
  const at = (...names) => path.join(home, ...names);
  const etc = at('etc');
  for (const name of [
    'etc/maps',
    'etc/sasl',
    'etc/dynamicmaps.cf.d',
    'etc/postfix-files.d',
    'spool/etc',
    'data',
    'log',
  ])
    mkdirSync(at(name), { recursive: true });
  const { uid, gid } = postfixUser();
  chownSync(at('data'), uid, gid);
  chmodSync(at('data'), 0o700);
  const text = (name) =>
    readFileSync(path.join(recorded, 'configs', name), 'utf8')
      .replaceAll('@MAPS@', at('etc/maps'))
      .replaceAll('@B@', folder)
      .replace(/(127\.0\.0\.1\]?:)(\d{5})\b/g, (_, host, port) => host + (Number(port) + portsAbove));
  for (const name of readdirSync(path.join(recorded, 'configs/maps')))
    writeFileSync(at('etc/maps', name), text(`maps/${name}`));
  writeFileSync(at('etc/main.cf'), text(`${config}.main.cf`) + plumbing(home));
  writeFileSync(at('etc/master.cf'), text(`${config}.master.cf`) + text('services.master.cf'));
  copyFileSync(path.join(folder, 'smtpd.conf'), at('etc/sasl/smtpd.conf'));
  for (const name of ['dynamicmaps.cf', 'postfix-files'])
    if (existsSync(`/etc/postfix/${name}`)) copyFileSync(`/etc/postfix/${name}`, at('etc', name));
  if (existsSync('/etc/postfix/dynamicmaps.cf.d'))
    cpSync('/etc/postfix/dynamicmaps.cf.d', at('etc/dynamicmaps.cf.d'), { recursive: true });
  for (const name of readdirSync(at('etc/maps')).filter((file) => file.endsWith('.hash')))
    spawnSync('postmap', ['-c', etc, `hash:${at('etc/maps', name)}`]);
  writeFileSync(
    at('spool/etc/resolv.conf'),
    `nameserver ${nameServerAddress}\noptions timeout:1 attempts:1\n`,
  );
  writeFileSync(at('spool/etc/hosts'), '127.0.0.1 localhost\n');
  writeFileSync(at('spool/etc/nsswitch.conf'), 'hosts: files dns\nservices: files\n');
  copyFileSync('/etc/services', at('spool/etc/services'));
  return etc;
}

// Private paths; nothing that the dialogue shows.
function plumbing(home) {
  return `
queue_directory = ${home}/spool
data_directory = ${home}/data
maillog_file = ${home}/log/maillog
maillog_file_prefixes = ${home}/log
multi_instance_enable = no
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
sendmail_path = /usr/sbin/sendmail
newaliases_path = /usr/bin/newaliases
mailq_path = /usr/bin/mailq
`;
}
