// The peer: a private Postfix with content_filter (accept → filter port → queued again → sink), as a mail site with amavis runs it, but
// without amavis. Needs root and the Debian package postfix. node tests/bench/peer-postfix.mjs MESSAGES [BYTES] [SESSIONS] prints one
// line of JSON; messages are counted at the sink.
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

const programs = ['/usr/sbin/postfix', '/usr/sbin/smtp-source', '/usr/sbin/smtp-sink'];
const port = { plain: 30251, filtered: 30271, again: 30281, sink: 30261 };

if (!programs.every(existsSync) || process.getuid() !== 0) {
  console.log(JSON.stringify({ missing: 'Debian package postfix, and root' }));
  process.exit(0);
}
const messages = Number(process.argv[2] ?? 1000);
const bytes = Number(process.argv[3] ?? 4096);
const sessions = Number(process.argv[4] ?? 20);
const memory = existsSync('/dev/shm') ? '/dev/shm' : '/tmp'; // the queue on tmpfs: no disk is measured
const base = mkdtempSync(path.join(memory, 'postroom-postfix-'));
try {
  configure();
  const { status } = spawnSync('/usr/sbin/postfix', ['-c', `${base}/etc`, 'start'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('postfix did not start');
  console.log(JSON.stringify(await measure()));
} finally {
  spawnSync('/usr/sbin/postfix', ['-c', `${base}/etc`, 'stop'], { stdio: 'ignore' });
  rmSync(base, { recursive: true, force: true });
}

async function measure() {
  const sink = spawn(
    '/usr/sbin/smtp-sink',
    ['-u', 'postfix', '-M', String(messages), `127.0.0.1:${port.sink}`, '1000'],
    { stdio: 'ignore' },
  );
  const sinkEnded = new Promise((resolve) => sink.on('exit', resolve));
  await new Promise((resolve) => setTimeout(resolve, 500));
  const master = Number(readFileSync(`${base}/queue/pid/master.pid`, 'utf8'));
  const cpuBefore = cpuMsOf(master);
  const started = process.hrtime.bigint();
  const envelope = ['-f', 'alice@far.example', '-t', 'bob@acme.example'];
  const load = ['-s', String(sessions), '-l', String(bytes), '-m', String(messages)];
  spawn('/usr/sbin/smtp-source', [...load, ...envelope, `127.0.0.1:${port.filtered}`], { stdio: 'ignore' });
  await sinkEnded;
  const wallMs = Number(process.hrtime.bigint() - started) / 1e6;
  return { messages, delivered: messages, wallMs, cpuMs: cpuMsOf(master) - cpuBefore };
}

function configure() {
  const postfix = userId('postfix');
  for (const folder of ['etc', 'data', 'queue']) mkdirSync(`${base}/${folder}`);
  chmodSync(base, 0o755);
  chownSync(`${base}/data`, postfix, postfix);
  for (const name of ['postfix-files', 'dynamicmaps.cf', 'postfix-files.d', 'dynamicmaps.cf.d'])
    spawnSync('cp', ['-r', `/etc/postfix/${name}`, `${base}/etc/`], { stdio: 'ignore' });
  const main = {
    compatibility_level: '3.6',
    queue_directory: `${base}/queue`,
    data_directory: `${base}/data`,
    daemon_directory: '/usr/lib/postfix/sbin',
    command_directory: '/usr/sbin',
    mail_owner: 'postfix',
    setgid_group: 'postdrop',
    myhostname: 'mta1.acme.example',
    mydestination: '',
    mynetworks: '127.0.0.0/8',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    relayhost: `[127.0.0.1]:${port.sink}`,
    smtp_host_lookup: 'native',
    alias_maps: '',
    alias_database: '',
    smtpd_relay_restrictions: 'permit_mynetworks, reject',
    smtpd_client_connection_count_limit: '0',
    smtpd_peername_lookup: 'no',
    in_flow_delay: '0',
    initial_destination_concurrency: '20',
    max_idle: '300s',
    maillog_file: `${base}/queue/mail.log`,
    maillog_file_prefixes: base,
  };
  const services = [
    `127.0.0.1:${port.plain} inet n - n - - smtpd`,
    `127.0.0.1:${port.filtered} inet n - n - - smtpd -o content_filter=smtp:[127.0.0.1]:${port.again}`,
    `127.0.0.1:${port.again} inet n - n - - smtpd -o content_filter= -o receive_override_options=no_header_body_checks`,
    'cleanup unix n - n - 0 cleanup',
    'qmgr unix n - n 300 1 qmgr',
    'rewrite unix - - n - - trivial-rewrite',
    ...['bounce', 'defer', 'trace'].map((name) => `${name} unix - - n - 0 bounce`),
    ...['smtp', 'relay'].map((name) => `${name} unix - - n - - smtp`),
    'proxymap unix - - n - - proxymap',
    ...['error', 'retry'].map((name) => `${name} unix - - n - - error`),
    'flush unix n - n 1000? 0 flush',
    'tlsmgr unix - - n 1000? 1 tlsmgr',
    'anvil unix - - n - 1 anvil',
    'scache unix - - n - 1 scache',
    'postlog unix-dgram n - n - 1 postlogd',
  ];
  writeFileSync(
    `${base}/etc/main.cf`,
    Object.entries(main)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join(''),
  );
  writeFileSync(`${base}/etc/master.cf`, `${services.join('\n')}\n`);
}

function userId(name) {
  return Number(spawnSync('id', ['-u', name], { encoding: 'utf8' }).stdout);
}

/** CPU time of a process, of its children that live and of those that ended, in ms. */
function cpuMsOf(master) {
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    let stat;
    try {
      stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    } catch {
      continue; // it ended meanwhile
    }
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const own = Number(fields[11]) + Number(fields[12]);
    if (Number(pid) === master) ticks += own + Number(fields[13]) + Number(fields[14]);
    else if (Number(fields[1]) === master) ticks += own;
  }
  return ticks * 10; // 100 ticks a second
}
