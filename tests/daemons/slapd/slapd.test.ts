import { describe, expect, test } from 'vitest';

import * as hex from '../../../workers/bytes/hex.ts';
import * as utf8 from '../../../workers/bytes/utf8.ts';
import {
  escapeFilterValue,
  LdapSession,
  openLdap,
  type LdapSearch,
} from '../../../workers/daemons/clients/ldap.ts';
import { SECOND, type Os, type Proc } from '../../../workers/os/os.ts';
import { decodeMessage } from '../../../workers/protocols/ldap/message.ts';
import type { TestWorld } from '../../simulate.ts';
import { acmeWorld, client, server } from './acme.ts';

function* open(os: Os): Proc<LdapSession> {
  const session = yield* openLdap(os, { host: server, port: 389, deadline: os.now() + 5 * SECOND });
  if (!(session instanceof LdapSession)) throw new Error(session.why);
  return session;
}

function ask(w: TestWorld, search: Partial<LdapSearch>, login?: { dn: string; password: string }): unknown {
  return w.call(client, function* (os): Proc<unknown> {
    const session = yield* open(os);
    const deadline = os.now() + 5 * SECOND;
    if (login !== undefined) {
      const bound = yield* session.bind({ ...login, deadline });
      if (bound.kind !== 'ok') return bound;
    }
    const result = yield* session.search({
      base: '',
      scope: 'sub',
      filter: '(objectClass=*)',
      attributes: [],
      deadline,
      ...search,
    });
    yield* session.unbind();
    if (result.kind !== 'entries') return result;
    return result.entries.map(({ dn, attributes }) => [
      dn,
      Object.fromEntries(
        [...attributes].map(([name, values]) => [name, values.map((value) => utf8.decode(value))]),
      ),
    ]);
  });
}

const bob = 'uid=bob,ou=people,dc=acme,dc=example';
const postfix = { dn: 'uid=zmpostfix,cn=appaccts,cn=zimbra', password: 'zmpostfixpw' };

describe('a search', () => {
  test('anonymous: finds Bob by his address and shows where his mail goes, but no password', () => {
    const found = ask(acmeWorld(), { filter: '(mail=bob@acme.example)' }) as [
      string,
      Record<string, string[]>,
    ][];
    expect(found).toHaveLength(1);
    expect(found[0]![0]).toBe(bob);
    expect(found[0]![1].zimbramailtransport).toEqual(['lmtp:mbox1.acme.example:7025']);
    expect(found[0]![1].userpassword).toBeUndefined();
  });

  test('shows only the attributes asked for; 1.1 shows none', () => {
    const w = acmeWorld();
    expect(ask(w, { filter: '(uid=BOB)', attributes: ['Mail', 'nosuch'] })).toEqual([
      [bob, { mail: ['bob@acme.example', 'sales@acme.example'] }],
    ]);
    expect(ask(w, { filter: '(uid=bob)', attributes: ['1.1'] })).toEqual([[bob, {}]]);
  });

  test('does not show cn=zimbra to Postfix’s account, but does to an administrator', () => {
    const w = acmeWorld();
    const search = { base: '', filter: '(objectClass=zimbraServer)', attributes: ['cn'] };
    expect(ask(w, search, postfix)).toEqual([]);
    expect(ask(w, search, { dn: 'uid=zimbra,cn=admins,cn=zimbra', password: 'zimbraadmin' })).toHaveLength(3);
  });

  test('the same search again, and as someone else, is answered anew', () => {
    const w = acmeWorld();
    const search = { filter: '(userPassword=*)', attributes: ['uid', 'userPassword'] };
    const asAdmin = { dn: 'uid=zimbra,cn=admins,cn=zimbra', password: 'zimbraadmin' };
    for (let i = 0; i < 2; i++) {
      expect(ask(w, search)).toEqual([]);
      expect(ask(w, search, asAdmin)).toHaveLength(3);
    }
    expect(ask(w, { ...search, attributes: ['uid'] }, asAdmin)).toContainEqual([bob, { uid: ['bob'] }]);
  });

  test('a base that is not there: noSuchObject, with the nearest entry above on the wire', () => {
    const w = acmeWorld();
    expect(ask(w, { base: 'uid=nobody,ou=people,dc=acme,dc=example' })).toEqual({
      kind: 'refused',
      code: 32,
      text: 'No such object',
    });
    expect(w.logLines(server)).toContain(
      'slapd: conn=1000 op=0 SEARCH RESULT tag=101 err=32 qtime=0.000000 etime=0.000000 nentries=0 text=',
    );
  });

  test('the root DSE tells the naming context, when asked', () => {
    expect(
      ask(acmeWorld(), { base: '', scope: 'base', attributes: ['namingContexts', 'supportedLDAPVersion'] }),
    ).toEqual([['', { namingcontexts: [''], supportedldapversion: ['3'] }]]);
  });

  test('more entries than the size limit: the limit’s number of them, and sizeLimitExceeded', () => {
    const lines = Array.from(
      { length: 600 },
      (_, i) => `dn: cn=e${i},dc=example\nobjectClass: organizationalRole\ncn: e${i}\n\n`,
    );
    const w = acmeWorld({ server: { '/opt/zimbra/data/ldap/mdb/db/02-more.ldif': lines.join('') } });
    expect(ask(w, { base: 'dc=example', filter: '(cn=e*)' })).toEqual({
      kind: 'refused',
      code: 4,
      text: 'Size limit exceeded',
    });
    expect(w.logLines(server).some((line) => line.includes('err=4 ') && line.includes('nentries=500'))).toBe(
      true,
    );
  });

  test('20,000 entries: an indexed equality search looks at one', () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, i) =>
        `dn: uid=u${i},dc=example\nobjectClass: zimbraAlias\nuid: u${i}\nmail: u${i}@acme.example\n\n`,
    );
    const w = acmeWorld({ server: { '/opt/zimbra/data/ldap/mdb/db/02-more.ldif': lines.join('') } });
    const limited = acmeWorld({
      server: {
        '/opt/zimbra/data/ldap/mdb/db/02-more.ldif': lines.slice(0, 50).join(''),
        '/etc/ldap/slapd.conf':
          'include /etc/ldap/schema/zimbra.schema\nsuffix ""\nlimits * size.unchecked=1\nindex mail eq\ndirectory /opt/zimbra/data/ldap/mdb/db\n',
      },
    });
    expect(ask(w, { filter: '(&(objectClass=*)(mail=U17777@acme.example))', attributes: ['uid'] })).toEqual([
      ['uid=u17777,dc=example', { uid: ['u17777'] }],
    ]);
    // size.unchecked counts what is looked at.
    expect(
      ask(limited, { filter: '(&(objectClass=*)(mail=u7@acme.example))', attributes: ['uid'] }),
    ).toHaveLength(1);
    expect(ask(limited, { filter: '(uid=u7)' })).toMatchObject({ code: 11 });
  });
});

describe('a simple bind', () => {
  const bind = (w: TestWorld, dn: string, password: string): unknown =>
    w.call(client, function* (os): Proc<unknown> {
      const session = yield* open(os);
      const result = yield* session.bind({ dn, password, deadline: os.now() + 5 * SECOND });
      yield* session.unbind();
      return result;
    });

  test('succeeds with the password, in whatever case the name is written', () => {
    expect(bind(acmeWorld(), 'UID=Bob, ou=People,dc=ACME,dc=example', 'builder')).toEqual({ kind: 'ok' });
  });

  test('a wrong password and an unknown name are both invalidCredentials', () => {
    const w = acmeWorld();
    const refused = { kind: 'refused', code: 49, text: 'Invalid credentials' };
    expect(bind(w, bob, 'wrong')).toEqual(refused);
    expect(bind(w, 'uid=nobody,ou=people,dc=acme,dc=example', 'builder')).toEqual(refused);
  });

  test('a name without a password is refused, nobody at all is anonymous', () => {
    const w = acmeWorld();
    expect(bind(w, bob, '')).toMatchObject({ code: 53 });
    expect(bind(w, '', '')).toEqual({ kind: 'ok' });
  });

  test('is logged as loglevel stats does', () => {
    const w = acmeWorld();
    bind(w, bob, 'builder');
    w.run(w.now + SECOND);
    const lines = w.logLines(server).filter((line) => line.includes('conn='));
    expect(lines[0]).toMatch(
      /^slapd: conn=1000 fd=12 ACCEPT from IP=192\.0\.2\.25:\d+ \(IP=0\.0\.0\.0:389\)$/,
    );
    expect(lines.slice(1)).toEqual([
      `slapd: conn=1000 op=0 BIND dn="${bob}" method=128`,
      `slapd: conn=1000 op=0 BIND dn="${bob}" mech=SIMPLE bind_ssf=0 ssf=0`,
      'slapd: conn=1000 op=0 RESULT tag=97 err=0 qtime=0.000000 etime=0.000000 text=',
      'slapd: conn=1000 op=1 UNBIND',
      'slapd: conn=1000 fd=12 closed',
    ]);
  });
});

describe('bad input', () => {
  /** What comes back for raw bytes until the server closes; null when it neither answers nor closes within 5 s. */
  const send = (w: TestWorld, bytes: Uint8Array): Uint8Array | null =>
    w.call(client, function* (os): Proc<Uint8Array | null> {
      const conn = yield* os.connect({
        to: { address: '192.0.2.30', port: 389 },
        deadline: os.now() + SECOND,
      });
      if (typeof conn === 'string') throw new Error(conn);
      yield* conn.write(bytes);
      const got: number[] = [];
      for (;;) {
        const read = yield* conn.read({ deadline: os.now() + 5 * SECOND });
        if (read === 'timeout') return got.length > 0 ? Uint8Array.from(got) : null;
        if (typeof read === 'string') return Uint8Array.from(got);
        got.push(...read);
      }
    });
  const closes: [string, string][] = [
    ['garbage', 'ff00ff00'],
    ['an SMTP greeting', '45484c4f206120620d0a'],
    ['an indefinite length', '3080020101'],
    ['a length of 2 GB', '30847fffffff'],
    ['a length of 16 MB', '308400ffffff020101'],
    ['a length in five octets', '30850100000000'],
    ['no message id', '30030401ff'],
  ];
  test.each(closes)('%s closes the connection without a word', (_, octets) => {
    const w = acmeWorld();
    expect(send(w, hex.decode(octets)!)).toEqual(new Uint8Array(0));
    expect(ask(w, { filter: '(uid=bob)' })).toHaveLength(1);
  });
  const notices: [string, string][] = [
    ['a request with an unknown tag', '30050201015f00'],
    ['a bind without contents', '30050201016000'],
    ['a search cut inside its filter', '301a0201016315040064616263'.padEnd(56, '0')],
  ];
  test.each(notices)('%s gets the notice of disconnection', (_, octets) => {
    const w = acmeWorld();
    const got = send(w, hex.decode(octets)!)!;
    expect(decodeMessage(got)).toMatchObject({
      id: 0,
      operation: { kind: 'extended-response', oid: '1.3.6.1.4.1.1466.20036', result: { code: 2 } },
    });
    expect(ask(w, { filter: '(uid=bob)' })).toHaveLength(1);
  });
  test('a filter nested 3,000 deep gets the notice of disconnection', () => {
    const w = acmeWorld();
    let filter: Uint8Array = Uint8Array.from([0x87, 1, 0x61]);
    const wrap = (tag: number, contents: Uint8Array): Uint8Array =>
      Uint8Array.from([
        tag,
        0x83,
        contents.length >> 16,
        (contents.length >> 8) & 255,
        contents.length & 255,
        ...contents,
      ]);
    for (let i = 0; i < 3000; i++) filter = wrap(0xa2, filter);
    const search = [4, 0, 10, 1, 2, 10, 1, 0, 2, 1, 0, 2, 1, 0, 1, 1, 0, ...filter, 0x30, 0];
    const got = send(w, wrap(0x30, Uint8Array.from([2, 1, 1, ...wrap(0x63, Uint8Array.from(search))])))!;
    expect(decodeMessage(got)).toMatchObject({ id: 0, operation: { result: { code: 2 } } });
  });
  test('half a message is waited for, and holds up nobody else', () => {
    const w = acmeWorld();
    expect(send(w, hex.decode('30200201')!)).toBeNull();
    expect(ask(w, { filter: '(uid=bob)' })).toHaveLength(1);
  });
});

describe('the client', () => {
  test('says try again when nobody listens, when the cable is cut, and when the server dies while it waits', () => {
    const w = acmeWorld();
    w.input(SECOND, { kind: 'host.stop', host: server });
    w.run(2 * SECOND);
    const failure = { kind: 'try-again', why: "Can't contact LDAP server" };
    expect(
      w.call(client, (os) => openLdap(os, { host: server, port: 389, deadline: os.now() + SECOND })),
    ).toMatchObject(failure);
    w.input(w.now + 1, { kind: 'host.start', host: server });
    w.run(w.now + SECOND);
    const result = w.call(client, function* (os): Proc<unknown> {
      const session = yield* open(os);
      w.input(os.now() + 10, { kind: 'host.crash', host: server });
      yield* os.sleepUntil(os.now() + SECOND);
      return yield* session.search({
        base: '',
        scope: 'sub',
        filter: '(uid=bob)',
        attributes: [],
        deadline: os.now() + SECOND,
      });
    });
    expect(result).toMatchObject({ kind: 'try-again' });
  });

  test('a value from outside stays a value', () => {
    const filter = `(uid=${escapeFilterValue('*)(uid=bob')})`;
    expect(filter).toBe('(uid=\\2A\\29\\28uid=bob)');
    expect(ask(acmeWorld(), { filter })).toEqual([]);
  });
});

test('a wrong configuration is logged, and nothing listens', () => {
  const w = acmeWorld({ server: { '/etc/ldap/slapd.conf': 'suffix ""\nnonsense on\n' } });
  w.run(SECOND);
  expect(w.logLines(server)).toContain(
    'slapd: /etc/ldap/slapd.conf: line 2: unknown directive <nonsense> outside backend info and database definitions',
  );
  expect(
    w.call(client, (os) => openLdap(os, { host: server, port: 389, deadline: os.now() + SECOND })),
  ).toMatchObject({ kind: 'try-again' });
});
