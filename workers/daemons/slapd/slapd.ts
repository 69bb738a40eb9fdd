/**
 * slapd — stand-alone LDAP server, as OpenLDAP 2.5
 *
 * Reads /etc/ldap/slapd.conf and the .ldif files of the database directory, serves port 389. What cannot
 * be loaded is logged; a configuration error stops the server, as it does the real one.
 *
 * STANDARDS  RFC 4511, RFC 4512
 * SEE ALSO   slapd(8), conf.ts, session.ts
 */
import * as utf8 from '../../bytes/utf8.ts';

import { LdifError, parseLdif } from '../../protocols/ldap/ldif.ts';

import { call, type Connection, type Os, type Proc } from '../../os/os.ts';

import { readSlapdConf, SlapdConfError, type SlapdConf } from './conf.ts';
import { Directory } from './directory.ts';
import { runSession } from './session.ts';
import { makeServer, type Server } from './server.ts';

const confPath = '/etc/ldap/slapd.conf';
const port = 389;
const firstConnection = 1000;
const firstDescriptor = 12; // the ones before are the server's own
const clientsMax = 1000; // below the usual limit of 1024 descriptors

/** The daemon: loads, then accepts. */
export function* slapd(os: Os): Proc<void> {
  os.log('slapd', '@(#) $OpenLDAP: slapd 2.5.13 $');
  const server = loadServer(os);
  if (server === null) {
    os.log('slapd', 'slapd stopped.');
    return;
  }
  const listener = os.listen({ port });
  if (listener === 'address in use') {
    os.log('slapd', `daemon: bind(8) failed errno=98 (Address already in use)`);
    os.log('slapd', 'slapd stopped.');
    return;
  }
  os.log('slapd', 'slapd starting');
  const descriptors: boolean[] = [];
  for (let number = firstConnection; ;) {
    const conn = yield* listener.accept();
    if (conn === 'timeout') continue;
    const descriptor = freeDescriptor(descriptors);
    if (descriptor >= clientsMax) {
      conn.abort();
      continue;
    }
    descriptors[descriptor] = true;
    const mine = number++;
    os.spawn('slapd', function* (child): Proc<void> {
      try {
        yield* serveConnection(child, server, {
          conn,
          number: mine,
          descriptor: firstDescriptor + descriptor,
        });
      } finally {
        descriptors[descriptor] = false;
        conn.close();
      }
    });
  }
}

function freeDescriptor(descriptors: readonly boolean[]): number {
  const free = descriptors.indexOf(false);
  return free < 0 ? descriptors.length : free;
}

function* serveConnection(
  os: Os,
  server: Server,
  client: { conn: Connection; number: number; descriptor: number },
): Proc<void> {
  const { conn, number, descriptor } = client;
  const place = `conn=${number} fd=${descriptor}`;
  const { local, remote } = conn;
  os.log('slapd', `${place} ACCEPT from IP=${remote.address}:${remote.port} (IP=0.0.0.0:${local.port})`);
  const session = { server, conn, number, dn: '', requester: server.anonymous };
  const why = yield* call(runSession(os, session));
  os.log('slapd', `${place} closed${why === '' ? '' : ` (${why})`}`);
}

/** @returns null when the server cannot start; why is logged */
function loadServer(os: Os): Server | null {
  let conf: SlapdConf;
  try {
    conf = readSlapdConf(os.files, confPath);
  } catch (error) {
    if (!(error instanceof SlapdConfError)) throw error;
    os.log('slapd', error.message);
    return null;
  }
  const directory = new Directory(conf.schema, conf.equalityIndexes);
  for (const path of os.files.list(conf.directory)) {
    if (path.endsWith('.ldif')) loadLdif(os, directory, path);
  }
  return makeServer(conf, directory);
}

function loadLdif(os: Os, directory: Directory, path: string): void {
  try {
    const records = parseLdif(utf8.decode(os.files.read(path)!), path);
    for (const { dn, attributes, line } of records) {
      const problem = directory.add(dn, attributes, os.epochUs());
      if (problem !== null) os.log('slapadd', `${problem} (${path}:${line})`);
    }
  } catch (error) {
    if (!(error instanceof LdifError)) throw error;
    os.log('slapadd', error.message);
  }
}
