// A small world in which everything is said that the ladder, the DNS walk and the directory show.
import * as dns from '../../lessons/worlds/two-islands/dns.ts';
import { namesOf } from '../../src/decode/names.ts';
import type { Fold, FoldClass } from '../../src/sim/fold.ts';
import * as ascii from '../../workers/bytes/ascii.ts';
import * as utf8 from '../../workers/bytes/utf8.ts';
import { lookupAddresses, lookupMx } from '../../workers/daemons/clients/dns.ts';
import { openLdap } from '../../workers/daemons/clients/ldap.ts';
import { SECOND, type Connection, type Os, type Proc } from '../../workers/os/os.ts';
import { makeLdapFramer } from '../../workers/protocols/ldap/ber.ts';
import { decodeMessage, encodeMessage, type LdapOperation } from '../../workers/protocols/ldap/message.ts';
import type { TraceEvent } from '../../workers/trace/event.ts';

import { farEnd, type Script } from '../daemons/far-end.ts';
import { TestWorld } from '../simulate.ts';

const resolv = (address: string) => ({ '/etc/resolv.conf': dns.resolvConf(address) });

export function sceneWorld(script: Script = {}): TestWorld {
  return new TestWorld([
    { name: 'mx.far.example', address: '203.0.113.25', files: resolv('203.0.113.53') },
    {
      name: 'mta1.acme.example',
      address: '192.0.2.25',
      boot: farEnd({
        name: 'mta1.acme.example',
        offers: ['PIPELINING', 'SIZE 10240000', '8BITMIME'],
        ...script,
      }).boot,
    },
    {
      name: 'resolver.far.example',
      address: '203.0.113.53',
      kind: 'resolver',
      files: { '/etc/bind/root.hints': dns.rootHints },
    },
    {
      name: 'a.root-servers.example',
      address: '198.51.100.1',
      kind: 'dns-server',
      files: dns.authoritativeFiles({ '': dns.rootZone }),
    },
    {
      name: 'a.nic.example',
      address: '198.51.100.2',
      kind: 'dns-server',
      files: dns.authoritativeFiles({ example: dns.exampleZone }),
    },
    {
      name: 'ns1.acme.example',
      address: '192.0.2.54',
      kind: 'dns-server',
      files: dns.authoritativeFiles({ 'acme.example': dns.acmeZone }),
    },
    { name: 'ldap1.acme.example', address: '192.0.2.30', boot: (os) => void os.spawn('slapd', directory) },
  ]);
}

/** A fold that has seen these events. */
export function folded<F extends Fold>(foldClass: FoldClass<F>, w: TestWorld): F {
  const byId = new Map(w.events.map((event) => [event.id, event]));
  const fold = new foldClass({ world: w.world, names: namesOf(w.world), byId: (id) => byId.get(id) ?? null });
  for (const event of w.events) if (fold.kinds === null || fold.kinds.has(event.kind)) fold.add(event);
  return fold;
}

export function eventsOf(w: TestWorld): (id: number) => TraceEvent | null {
  const byId = new Map(w.events.map((event) => [event.id, event]));
  return (id) => byId.get(id) ?? null;
}

/** Looks up where acme's mail goes, and delivers one letter there. */
export function* deliver(os: Os): Proc<void> {
  yield* lookupMx(os, 'acme.example');
  const result = yield* lookupAddresses(os, 'mta1.acme.example');
  if (result.kind !== 'found') return;
  yield* dialogue(os, { address: result.addresses[0]!, port: 25 }, [
    'EHLO mx.far.example',
    'MAIL FROM:<alice@far.example> SIZE=88',
    'RCPT TO:<bob@acme.example>',
    'DATA',
    'From: alice@far.example\r\nTo: bob@acme.example\r\nSubject: Hello\r\n\r\n..dots\r\nHello Bob!\r\n.',
    'QUIT',
  ]);
}

/** Says each line when the last reply has come; a line with CRLF in it is many. */
export function* dialogue(os: Os, to: { address: string; port: number }, lines: string[]): Proc<string> {
  const conn = yield* os.connect({ to, deadline: os.now() + 30 * SECOND });
  if (typeof conn === 'string') return conn;
  yield* readReply(os, conn);
  for (const line of lines) {
    yield* conn.write(ascii.encode(`${line}\r\n`));
    yield* readReply(os, conn);
  }
  conn.close();
  return 'ok';
}

function* readReply(os: Os, conn: Connection): Proc<void> {
  for (;;) {
    const line = yield* conn.readLine({ deadline: os.now() + 300 * SECOND, bytesMax: 1000 });
    if (typeof line === 'string' || !/^\d{3}-/.test(ascii.decode(line.bytes))) return;
  }
}

/** Asks the directory who bob is, then for nobody, with a wrong and a right password before. */
export function* askDirectory(os: Os): Proc<void> {
  const deadline = os.now() + 60 * SECOND;
  const session = yield* openLdap(os, { host: '192.0.2.30', port: 389, deadline });
  if ('kind' in session) throw new Error(session.why);
  yield* session.bind({ dn: 'uid=zimbra,cn=admins,cn=zimbra', password: 'wrong', deadline });
  yield* session.bind({ dn: 'uid=zimbra,cn=admins,cn=zimbra', password: 'secret', deadline });
  const search = { base: '', scope: 'sub' as const, attributes: ['zimbraMailDeliveryAddress'], deadline };
  yield* session.search({ ...search, filter: '(&(objectClass=zimbraAccount)(mail=bob@acme.example))' });
  yield* session.search({ ...search, filter: '(mail=nobody@acme.example)' });
  yield* session.unbind();
}

function* directory(os: Os): Proc<void> {
  const listener = os.listen({ port: 389 });
  if (listener === 'address in use') return;
  const framer = makeLdapFramer(65536);
  for (;;) {
    const conn = yield* listener.accept();
    if (conn === 'timeout') continue;
    for (;;) {
      const frame = yield* conn.readFrame({ framer, deadline: os.now() + 60 * SECOND, bytesMax: 65536 });
      if (typeof frame === 'string') break;
      const { id, operation } = decodeMessage(frame);
      for (const answer of answersTo(operation))
        yield* conn.write(encodeMessage({ id, operation: answer, controls: [] }));
    }
    conn.close();
  }
}

function answersTo(operation: LdapOperation): LdapOperation[] {
  const result = { code: 0, matchedDn: '', text: '', referral: [] };
  if (operation.kind === 'bind-request') {
    const { authentication: how } = operation;
    const isRight = how.method === 'simple' && utf8.decode(how.password) === 'secret';
    return [{ kind: 'bind-response', result: { ...result, code: isRight ? 0 : 49 }, saslCredentials: null }];
  }
  if (operation.kind !== 'search-request') return [];
  const isBob = JSON.stringify(operation.filter).includes(JSON.stringify(utf8.encode('bob@acme.example')));
  const values = [utf8.encode('bob@acme.example')];
  const dn = 'uid=bob,ou=people,dc=acme,dc=example';
  const attributes = [{ type: 'zimbraMailDeliveryAddress', values }];
  const found: LdapOperation[] = isBob ? [{ kind: 'search-result-entry', dn, attributes }] : [];
  return [...found, { kind: 'search-result-done', result }];
}
