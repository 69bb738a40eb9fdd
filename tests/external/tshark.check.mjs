// What the simulated hosts sent decodes in tshark: TCP in order, and every DNS, LDAP, SMTP, LMTP and IMAP payload well formed.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { check, client, finish } from './bridged.mjs';

const linktypeRaw = 101; // packets begin with their IP header
const folder = mkdtempSync(path.join(os.tmpdir(), 'postroom-'));
const capture = path.join(folder, 'demo.pcap');

await check('two-islands: its demo runs and is captured', async () => {
  const trace = path.join(folder, 'trace.ndjson');
  await client(process.execPath, [
    'scripts/node-entry.mjs',
    'sim',
    'two-islands',
    '--demo',
    '--until',
    '60s',
    '--trace',
    trace,
  ]);
  writeFileSync(capture, pcapOf(readFileSync(trace, 'utf8')));
});
for (const protocol of ['dns', 'ldap', 'smtp', 'imap'])
  await check(`tshark finds ${protocol}`, async () => {
    if ((await frames(protocol)) === 0) throw new Error(`no frame decodes as ${protocol}`);
  });
for (const trouble of [
  '_ws.malformed',
  'tcp.analysis.lost_segment',
  'tcp.analysis.out_of_order',
  'ip.checksum.status == 0',
])
  await check(`no frame with ${trouble}`, async () => {
    const count = await frames(trouble);
    if (count > 0) throw new Error(`${count} frames`);
  });
rmSync(folder, { recursive: true, force: true });
finish();

async function frames(filter) {
  const decode = [
    '-d',
    'tcp.port==10024,smtp',
    '-d',
    'tcp.port==10025,smtp',
    '-d',
    'tcp.port==7025,smtp',
    '-o',
    'ip.check_checksum:TRUE',
  ];
  const output = await client('tshark', [
    '-r',
    capture,
    '-Y',
    filter,
    '-T',
    'fields',
    '-e',
    'frame.number',
    ...decode,
  ]);
  return output.split('\n').filter((line) => /^\d+$/.test(line)).length;
}

/** A capture file of the packets between hosts; loopback is left out, as on a cable. */
function pcapOf(ndjson) {
  const records = [];
  for (const line of ndjson.trimEnd().split('\n')) {
    const event = JSON.parse(line);
    if (event.kind !== 'tcp.segment-sent' && event.kind !== 'udp.datagram-sent') continue;
    if (event.from.startsWith('127.')) continue;
    const payload = Buffer.from(event.payload, 'latin1');
    const packet = event.kind === 'tcp.segment-sent' ? tcpPacket(event, payload) : udpPacket(event, payload);
    const head = Buffer.alloc(16);
    head.writeUInt32LE(Math.floor(event.at / 1e6), 0);
    head.writeUInt32LE(event.at % 1e6, 4);
    head.writeUInt32LE(packet.length, 8);
    head.writeUInt32LE(packet.length, 12);
    records.push(head, packet);
  }
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65535, 16);
  header.writeUInt32LE(linktypeRaw, 20);
  return Buffer.concat([header, ...records]);
}

function tcpPacket(event, payload) {
  const head = Buffer.alloc(20);
  head.writeUInt16BE(event.fromPort, 0);
  head.writeUInt16BE(event.toPort, 2);
  head.writeUInt32BE(event.seq, 4);
  head.writeUInt32BE(event.ack, 8);
  head[12] = 5 << 4;
  head[13] = event.flags;
  head.writeUInt16BE(Math.min(event.window, 65535), 14);
  return ipPacket(event, 6, Buffer.concat([head, payload]));
}

function udpPacket(event, payload) {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(event.fromPort, 0);
  head.writeUInt16BE(event.toPort, 2);
  head.writeUInt16BE(8 + payload.length, 4);
  return ipPacket(event, 17, Buffer.concat([head, payload]));
}

function ipPacket(event, protocol, body) {
  const head = Buffer.alloc(20);
  head[0] = 0x45;
  head.writeUInt16BE(20 + body.length, 2);
  head[8] = 64;
  head[9] = protocol;
  for (const [i, part] of event.from.split('.').entries()) head[12 + i] = Number(part);
  for (const [i, part] of event.to.split('.').entries()) head[16 + i] = Number(part);
  let sum = 0;
  for (let i = 0; i < 20; i += 2) sum += head.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  head.writeUInt16BE(~sum & 0xffff, 10);
  return Buffer.concat([head, body]);
}
