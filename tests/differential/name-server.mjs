// A name server for a real Postfix: answers from zones.json of the recordings, over UDP.
import dgram from 'node:dgram';

const types = { A: 1, CNAME: 5, PTR: 12, MX: 15, TXT: 16 };
const rcodes = { SERVFAIL: 2, NXDOMAIN: 3 };
const ttl = 300;

/**
 * Listens on port 53 of an address. A name without records of its own exists when there is one below it; TIMEOUT zones are
 * never answered. @returns a function that ends it
 */
export async function startNameServer(address, zones) {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (query, from) => {
    const response = answer(query, zones);
    if (response !== null) socket.send(response, from.port, from.address);
  });
  await new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(53, address, resolve);
  });
  return () => socket.close();
}

function answer(query, zones) {
  const labels = [];
  let at = 12;
  for (; query[at] > 0; at += query[at] + 1)
    labels.push(query.toString('latin1', at + 1, at + 1 + query[at]));
  const type = query.readUInt16BE(at + 1);
  const question = query.subarray(12, at + 5);
  const records = [];
  const rcode = find(labels.join('.').toLowerCase(), type, zones, records);
  if (rcode === null) return null;
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8480 | ((query[2] & 1) << 8) | rcode, 2); // QR, AA, RA; RD as asked
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, question, ...records]);
}

/** Adds the records of a name, aliases followed. @returns the RCODE, or null for no answer at all */
function find(name, type, zones, records) {
  const zone = zones[name];
  if (zone === undefined) {
    const exists = Object.keys(zones).some((other) => other.endsWith(`.${name}`));
    return exists ? 0 : rcodes.NXDOMAIN;
  }
  if (zone.rcode !== undefined) return zone.rcode === 'TIMEOUT' ? null : rcodes[zone.rcode];
  if (zone.CNAME !== undefined && type !== types.CNAME) {
    records.push(record(name, types.CNAME, encodeName(zone.CNAME)));
    return find(zone.CNAME.toLowerCase(), type, zones, records);
  }
  for (const [word, values] of Object.entries(zone))
    if (types[word] === type)
      for (const value of [values].flat()) records.push(record(name, type, encodeData(word, value)));
  return 0;
}

function encodeData(word, value) {
  if (word === 'A') return Buffer.from(value.split('.').map(Number));
  if (word === 'TXT') return Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  if (word !== 'MX') return encodeName(value);
  const [preference, exchange] = value.split(' ');
  return Buffer.concat([
    Buffer.from([Number(preference) >> 8, Number(preference) & 255]),
    encodeName(exchange),
  ]);
}

function record(name, type, data) {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2); // IN
  fixed.writeUInt32BE(ttl, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([encodeName(name), fixed, data]);
}

function encodeName(name) {
  const labels = name.split('.').filter((label) => label !== '');
  return Buffer.concat([
    ...labels.map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`)),
    Buffer.of(0),
  ]);
}
