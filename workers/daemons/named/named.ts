/**
 * named — authoritative name server, as BIND 9.18
 *
 * Reads /etc/bind/named.conf and its zone files, answers on port 53 over UDP and TCP.
 *
 * STANDARDS  RFC 1035, RFC 7766 (TCP: several queries per connection, idle timeout), RFC 6891
 * ERRORS     a zone that does not load is logged and left out; packets that are no query are dropped or
 *            FORMERR
 */
import * as ascii from '../../bytes/ascii.ts';
import { DecodeError } from '../../bytes/byte-reader.ts';

import {
  decodeMessage,
  dnsFramer,
  encodeMessage,
  frameMessage,
  udpBytesWithoutEdns,
  type DnsMessage,
} from '../../protocols/dns/message.ts';
import { parseZoneFile, ZoneFileError } from '../../protocols/dns/zone-file.ts';

import { NEVER, SECOND, type Connection, type Os, type Proc } from '../../os/os.ts';

import { answer, udpPayloadBytes } from './answer.ts';
import { parseNamedConf } from './conf.ts';
import { makeZone, type Zone } from './zone.ts';

/** Where rndc(8) leaves its orders. SIMPLIFIED: BIND listens on TCP port 953 for them. */
export const controlPath = '/run/named/control';
const confPath = '/etc/bind/named.conf';
const tcpIdleUs = 30 * SECOND; // BIND's tcp-idle-timeout
const tcpClientsMax = 150; // BIND's tcp-clients

/** The daemon: loads zones, then serves. */
export function* named(os: Os): Proc<void> {
  const zones = loadZones(os);
  const control = os.bind<string>(controlPath);
  os.log('named', 'running');
  os.spawn('named tcp', (child) => serveTcp(child, zones));
  const socket = os.udp({ port: 53 });
  if (socket === 'address in use') {
    os.log('named', 'could not listen on UDP socket: address in use');
    return;
  }
  for (;;) {
    const datagram = yield* socket.receive({ deadline: NEVER });
    if (control.length > 0) {
      yield* control.take({ deadline: NEVER });
      zones.splice(0, zones.length, ...loadZones(os, zones));
    }
    if (typeof datagram === 'string') continue;
    const response = respond(zones, datagram.bytes);
    if (response === null) continue;
    const bytesMax = Math.max(udpBytesWithoutEdns, Math.min(response.asked, udpPayloadBytes));
    socket.send({
      to: datagram.from,
      from: datagram.to.address,
      bytes: encodeMessage(response.message, bytesMax),
    });
  }
}

function* serveTcp(os: Os, zones: readonly Zone[]): Proc<void> {
  const listener = os.listen({ port: 53 });
  if (listener === 'address in use') return;
  let clients = 0;
  for (;;) {
    const connection = yield* listener.accept();
    if (connection === 'timeout') continue;
    if (clients >= tcpClientsMax) {
      connection.abort();
      continue;
    }
    clients++;
    os.spawn('named tcp client', function* (child): Proc<void> {
      try {
        yield* serveConnection(child, connection, zones);
      } finally {
        clients--;
        connection.close();
      }
    });
  }
}

function* serveConnection(os: Os, connection: Connection, zones: readonly Zone[]): Proc<void> {
  for (;;) {
    const frame = yield* connection.readFrame({
      framer: dnsFramer,
      deadline: os.now() + tcpIdleUs,
      bytesMax: 65537,
    });
    if (typeof frame === 'string') return;
    const response = respond(zones, frame.subarray(2));
    // A message that cannot be read ends a TCP connection: nothing after it can be trusted.
    if (response === null) return;
    yield* connection.write(frameMessage(encodeMessage(response.message)), {
      deadline: os.now() + tcpIdleUs,
    });
  }
}

/** @returns null when nothing is to be said; `asked` is the largest UDP answer the client takes */
function respond(zones: readonly Zone[], bytes: Uint8Array): { message: DnsMessage; asked: number } | null {
  let query: DnsMessage;
  try {
    query = decodeMessage(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return formError(bytes);
    throw error;
  }
  const message = answer(zones, query);
  return message === null ? null : { message, asked: query.edns?.udpPayloadBytes ?? udpBytesWithoutEdns };
}

/** BIND answers FORMERR when at least the header of a query can be read. */
function formError(bytes: Uint8Array): { message: DnsMessage; asked: number } | null {
  if (bytes.length < 12 || (bytes[2]! & 0x80) !== 0) return null;
  const bare = bytes.slice(0, 12);
  bare.fill(0, 4);
  const header = decodeMessage(bare);
  return {
    message: { ...header, response: true, authoritative: false, truncated: false, rcode: 1 },
    asked: udpBytesWithoutEdns,
  };
}

/** @param old a zone that does not load stays as it was */
function loadZones(os: Os, old: readonly Zone[] = []): Zone[] {
  const conf = os.files.read(confPath);
  const statements =
    conf === null ? `${confPath}: file not found` : parseNamedConf(ascii.decode(conf), confPath);
  if (typeof statements === 'string') {
    os.log('named', statements);
    return [];
  }
  const zones: Zone[] = [];
  for (const { name, file } of statements) {
    const zone = loadZone(os, name, file);
    if (typeof zone === 'string') {
      os.log('named', zone);
      zones.push(...old.filter(({ origin }) => origin === name));
    } else {
      zones.push(zone);
      const serial = (zone.soa.data as { serial: number }).serial;
      os.log('named', `zone ${name === '' ? '.' : name}/IN: loaded serial ${serial}`);
    }
  }
  return zones;
}

function loadZone(os: Os, name: string, file: string): Zone | string {
  const bytes = os.files.read(file);
  if (bytes === null) return `zone ${name}/IN: loading from master file ${file} failed: file not found`;
  try {
    return makeZone(name, parseZoneFile(ascii.decode(bytes), { file, origin: name }));
  } catch (error) {
    if (error instanceof ZoneFileError)
      return `zone ${name}/IN: loading from master file ${file} failed: ${error.message}`;
    throw error;
  }
}
