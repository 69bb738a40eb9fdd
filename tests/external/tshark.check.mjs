// A capture of the simulated network is read by tshark: nothing malformed, every checksum right, TCP in order; SMTP
// commands, DNS questions and LDAP filters are those that the page's ladder shows; TLS opens with the keys in the file.
import { deepStrictEqual } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { bundleForNode } from '../../scripts/bundle-node.mjs';

import { check, client, finish } from './bridged.mjs';

const folder = mkdtempSync(path.join(os.tmpdir(), 'postroom-'));
const inFolder = (name) => path.join(folder, name);
const bundle = await bundleForNode({ ladder: 'tests/external/ladder.ts' }, ['src', 'tests/external']);
const until = '60s';
const typeNames = new Map(
  Object.entries({ 1: 'A', 2: 'NS', 5: 'CNAME', 12: 'PTR', 15: 'MX', 16: 'TXT', 28: 'AAAA' }),
);
const decode = [
  ...[10024, 10025, 7025, 24].flatMap((port) => ['-d', `tcp.port==${port},smtp`]),
  ...['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]),
];

await check('two-islands: its demo runs and is captured', async () => {
  await sim('two-islands', '--demo', '--pcap', inFolder('world.pcapng'), '--save', inFolder('run.json'));
});
const ladder = JSON.parse(await run('ladder', inFolder('run.json'), '60000000'));
for (const protocol of ['dns', 'ldap', 'smtp', 'imap'])
  await check(`tshark finds ${protocol}`, async () => {
    if ((await frames('world.pcapng', protocol)) === 0) throw new Error(`no frame decodes as ${protocol}`);
  });
await soundness('world.pcapng');
await check('the same SMTP and LMTP commands as on the ladder', async () => {
  deepStrictEqual(await smtpCommands('world.pcapng'), ladder.smtp);
});
await check('the same DNS questions as on the ladder', async () => {
  const rows = await fields('world.pcapng', 'dns.flags.response == 0', [
    'ip.src',
    'ip.dst',
    'dns.qry.name',
    'dns.qry.type',
  ]);
  deepStrictEqual(
    said(rows.map(([from, to, name, type]) => [`${from} > ${to}`, `${typeNames.get(type) ?? type} ${name}`])),
    ladder.dns,
  );
});
await check('the same LDAP filters as on the ladder', async () => {
  deepStrictEqual(await ldapFilters('world.pcapng'), normalized(ladder.ldap));
});

await check('a capture of one host, and of one link', async () => {
  await sim('two-islands', '--demo', '--pcap', inFolder('host.pcapng'), '--pcap-host', 'mta1');
  await sim('two-islands', '--demo', '--pcap', inFolder('link.pcapng'), '--pcap-link', 'mta1,ldap1');
  const ofHost = await frames('host.pcapng', 'ip');
  const ofLink = await frames('link.pcapng', 'ip');
  const elsewhere = await frames('host.pcapng', 'ip && !(ip.addr == 192.0.2.25 || ip.addr == 127.0.0.1)');
  if (!(ofHost > ofLink && ofLink > 0 && elsewhere === 0))
    throw new Error(`${ofHost} packets of the host, ${elsewhere} of others, ${ofLink} of the link`);
});
await soundness('host.pcapng');

await check('TLS opens with the keys in the file, and with those beside it', async () => {
  await run('ladder', '--with-tls', inFolder('run.json'), inFolder('tls.json'));
  const keys = inFolder('keys.txt');
  await sim(inFolder('tls.json'), '--pcap', inFolder('tls.pcapng'), '--key-log', keys);
  const closed = inFolder('closed.pcapng');
  await client('editcap', ['--discard-all-secrets', inFolder('tls.pcapng'), closed]);
  const mail = 'tls && smtp.req.command == "MAIL"';
  const withSecrets = await frames('tls.pcapng', mail);
  const without = await frames('closed.pcapng', mail);
  const withKeyLog = await frames('closed.pcapng', mail, ['-o', `tls.keylog_file:${keys}`]);
  deepStrictEqual([withSecrets > 0, without, withKeyLog], [true, 0, withSecrets]);
});
await soundness('tls.pcapng');
rmSync(folder, { recursive: true, force: true });
finish();

async function soundness(file) {
  for (const trouble of [
    '_ws.malformed',
    'tcp.analysis.lost_segment',
    'tcp.analysis.out_of_order',
    'ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0',
  ])
    await check(`${file}: no frame with ${trouble}`, async () => {
      const count = await frames(file, trouble);
      if (count > 0) throw new Error(`${count} frames`);
    });
}

function sim(...args) {
  return client(process.execPath, ['scripts/node-entry.mjs', 'sim', ...args, '--until', until]);
}

function run(entry, ...args) {
  return client(process.execPath, [path.join(bundle, `${entry}.mjs`), ...args]);
}

async function frames(file, filter, more = []) {
  const rows = await fields(file, filter, ['frame.number'], more);
  return rows.length;
}

/** One row per frame; the values of a field that is there several times are joined by |. */
async function fields(file, filter, names, more = []) {
  const select = names.flatMap((name) => ['-e', name]);
  const separators = ['-E', 'separator=/t', '-E', 'aggregator=|'];
  const args = [
    '-r',
    inFolder(file),
    '-Y',
    filter,
    '-T',
    'fields',
    ...select,
    ...separators,
    ...decode,
    ...more,
  ];
  const output = await client('tshark', args);
  return output
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('Running as user'))
    .map((line) => line.split('\t'));
}

async function smtpCommands(file) {
  const rows = await fields(file, 'smtp.req', ['ip.src', 'tcp.srcport', 'smtp.command_line']);
  return said(
    rows.flatMap(([address, port, lines]) =>
      lines.split('|').map((line) => [`${address}:${port}`, line.replace(/\\r\\n$/, '')]),
    ),
  );
}

async function ldapFilters(file) {
  const details = ['-Y', 'ldap.searchRequest_element', '-O', 'ldap', ...decode];
  const output = await client('tshark', ['-r', inFolder(file), ...details]);
  const rows = [];
  let address = '';
  let from = '';
  for (const line of output.split('\n')) {
    address = /^Internet Protocol Version 4, Src: ([\d.]+)/.exec(line)?.[1] ?? address;
    const port = /^Transmission Control Protocol, Src Port: (\d+)/.exec(line)?.[1];
    if (port !== undefined) from = `${address}:${port}`;
    const filter = /^ {16}Filter: (.*)$/.exec(line)?.[1];
    if (filter !== undefined) rows.push([from, filter]);
  }
  return normalized(said(rows));
}

/** [who, what] by who. */
function said(rows) {
  const by = {};
  for (const [who, what] of rows) (by[who] ??= []).push(what);
  return by;
}

function normalized(filters) {
  return Object.fromEntries(
    Object.entries(filters).map(([from, texts]) => [from, texts.map((text) => flat(parsed(text)))]),
  );
}

/** tshark nests (&(&(a)(b))(c)) what was sent as (&(a)(b)(c)), and leaves "*" in a value as it is (RFC 4515 §3: \2A). */
function flat({ operator, parts, text }) {
  if (parts.length === 0) return `(${text.replaceAll('\\2A', '*')})`;
  const inner = parts.flatMap((part) =>
    part.operator === operator && operator !== '!' ? flatParts(part) : [flat(part)],
  );
  return `(${operator}${inner.join('')})`;
}
function flatParts(filter) {
  return filter.parts.flatMap((part) => (part.operator === filter.operator ? flatParts(part) : [flat(part)]));
}

function parsed(text) {
  let at = 0;
  const filter = () => {
    at++; // "("
    const operator = '&|!'.includes(text[at]) ? text[at++] : '';
    const parts = [];
    const start = at;
    while (operator !== '' && text[at] === '(') parts.push(filter());
    if (operator === '') at = text.indexOf(')', at);
    return { operator, parts, text: text.slice(start, at++) };
  };
  return filter();
}
