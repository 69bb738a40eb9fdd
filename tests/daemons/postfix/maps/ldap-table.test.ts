import { describe, expect, test } from 'vitest';

import { openLdapTable } from '../../../../workers/daemons/postfix/maps/ldap-table.ts';
import {
  expandQuery,
  expandResult,
  QueryFilter,
  Template,
} from '../../../../workers/daemons/postfix/maps/ldap-expand.ts';
import type { Table } from '../../../../workers/daemons/postfix/maps/table.ts';
import { SECOND } from '../../../../workers/os/os.ts';
import { BerWriter } from '../../../../workers/protocols/ldap/ber.ts';
import { encodeFilter } from '../../../../workers/protocols/ldap/filter.ts';
import { parseFilter } from '../../../../workers/protocols/ldap/filter-text.ts';
import type { TestWorld } from '../../../simulate.ts';
import { acmeWorld, client, server } from '../../slapd/acme.ts';

const table = (name: string): Table =>
  openLdapTable(`/opt/zimbra/conf/ldap-${name}.cf`, `proxy:ldap:/opt/zimbra/conf/ldap-${name}.cf`);
const look = (w: TestWorld, opened: Table, key: string): unknown =>
  w.call(client, (os) => opened.lookup(os, key));
const more = {
  '/opt/zimbra/data/ldap/mdb/db/02-more.ldif': `dn: uid=carol,ou=people,dc=acme,dc=example
objectClass: inetOrgPerson
objectClass: zimbraAccount
uid: carol
sn: c
zimbraMailDeliveryAddress: carol@acme.example
zimbraMailForwardingAddress: carol@archive.example
zimbraPrefMailForwardingAddress: c1@far.example, c2@far.example
zimbraMailStatus: enabled

dn: uid=closed,ou=people,dc=acme,dc=example
objectClass: zimbraAccount
uid: closed
zimbraMailDeliveryAddress: closed@acme.example
zimbraMailStatus: disabled

dn: cn=team,ou=people,dc=acme,dc=example
objectClass: groupOfNames
objectClass: zimbraMailRecipient
cn: team
zimbraMailAlias: team@acme.example
zimbraMailStatus: enabled
member: uid=bob,ou=people,dc=acme,dc=example
member: uid=carol,ou=people,dc=acme,dc=example
member: uid=gone,ou=people,dc=acme,dc=example

`,
};

describe('Zimbra’s lookup tables', () => {
  test('domain, mailbox, alias and transport of acme.example', () => {
    const w = acmeWorld();
    expect(look(w, table('vmd'), 'ACME.example')).toEqual({ kind: 'found', value: 'acme.example' });
    expect(look(w, table('vmm'), 'bob@acme.example')).toEqual({ kind: 'found', value: 'bob@acme.example' });
    expect(look(w, table('vam'), 'sales@acme.example')).toEqual({ kind: 'found', value: 'bob@acme.example' });
    expect(look(w, table('transport'), 'bob@acme.example')).toEqual({
      kind: 'found',
      value: 'lmtp:mbox1.acme.example:7025',
    });
    for (const [name, key] of [
      ['vmd', 'far.example'],
      ['vmm', 'sales@acme.example'],
      ['vad', 'acme.example'],
      ['canonical', 'bob@acme.example'],
      ['transport', '*'],
    ] as const)
      expect(look(w, table(name), key)).toEqual({ kind: 'not-found' });
  });

  test('forwarding addresses come after the delivery address; a disabled account is not there', () => {
    const w = acmeWorld({ server: more });
    expect(look(w, table('vam'), 'carol@acme.example')).toEqual({
      kind: 'found',
      value: 'carol@acme.example,carol@archive.example,c1@far.example, c2@far.example',
    });
    expect(look(w, table('vmm'), 'closed@acme.example')).toEqual({ kind: 'not-found' });
  });

  test('special_result_attribute follows the DNs of a group; one that is gone is left out', () => {
    const w = acmeWorld({ server: more });
    expect(look(w, table('vam'), 'team@acme.example')).toEqual({
      kind: 'found',
      value: 'bob@acme.example,carol@acme.example,carol@archive.example,c1@far.example, c2@far.example',
    });
  });

  test('many lookups share one connection, and each is in the trace', () => {
    const w = acmeWorld();
    const opened = table('vmm');
    for (let i = 0; i < 5; i++) look(w, opened, `u${i}@acme.example`);
    expect(w.logLines(server).filter((line) => line.includes('ACCEPT'))).toHaveLength(1);
    expect(w.seen('lookup.answered').map(({ service, table: name, key, result }) => [service, name, key, result]).at(-1)).toEqual([
      'ldap', '/opt/zimbra/conf/ldap-vmm.cf', 'u4@acme.example', 'not-found',
    ]); // prettier-ignore
  });
});

describe('when the directory does not answer', () => {
  const warning =
    'postfix/proxymap: warning: dict_ldap_connect: Unable to bind to server ldap://ldap1.acme.example:389 with dn uid=zmpostfix,cn=appaccts,cn=zimbra: ';

  test('down: try again, with Postfix’s warning; up again: found', () => {
    const w = acmeWorld();
    const opened = table('vmm');
    expect(look(w, opened, 'bob@acme.example')).toMatchObject({ kind: 'found' });
    w.input(w.now + 1, { kind: 'host.stop', host: server });
    w.run(w.now + SECOND);
    expect(look(w, opened, 'bob@acme.example')).toEqual({
      kind: 'try-again',
      why: "Can't contact LDAP server",
    });
    expect(w.logLines(client)).toEqual([`${warning}-1 (Can't contact LDAP server)`]);
    w.input(w.now + 1, { kind: 'host.start', host: server });
    w.run(w.now + SECOND);
    expect(look(w, opened, 'bob@acme.example')).toMatchObject({ kind: 'found' });
  });

  test('a connection that died meanwhile is opened again, unnoticed', () => {
    const w = acmeWorld();
    const opened = table('vmm');
    look(w, opened, 'bob@acme.example');
    w.input(w.now + 1, { kind: 'host.crash', host: server });
    w.input(w.now + 2, { kind: 'host.start', host: server });
    w.run(w.now + SECOND);
    expect(look(w, opened, 'bob@acme.example')).toMatchObject({ kind: 'found' });
    expect(w.logLines(client)).toEqual([]);
  });

  test('after a restart of the server no dead connection of the pool is tried twice', () => {
    const w = acmeWorld();
    const opened = table('vmm');
    const keys = ['bob@acme.example', 'x@acme.example', 'y@acme.example'];
    for (const key of keys) w.spawn(client, (os) => opened.lookup(os, key));
    w.run(w.now + SECOND);
    expect(w.logLines(server).filter((line) => line.includes('ACCEPT'))).toHaveLength(keys.length);
    w.input(w.now + 1, { kind: 'host.crash', host: server });
    w.input(w.now + 2, { kind: 'host.start', host: server });
    w.run(w.now + SECOND);
    expect(look(w, opened, 'bob@acme.example')).toMatchObject({ kind: 'found' });
  });

  test('the cable swallows everything: try again after the table’s timeout', () => {
    const w = acmeWorld();
    w.input(1, { kind: 'link.set', between: [client, server], fault: 'blackhole' });
    w.run(SECOND);
    const before = w.now;
    expect(look(w, table('vmm'), 'bob@acme.example')).toMatchObject({ kind: 'try-again' });
    expect(w.now - before).toBeGreaterThan(29 * SECOND);
    expect(w.now - before).toBeLessThan(35 * SECOND);
  });

  test('a changed password: try again, with the warning', () => {
    const w = acmeWorld({
      client: {
        '/opt/zimbra/conf/ldap-vmm.cf':
          'server_host = ldap://ldap1.acme.example:389\nsearch_base =\nquery_filter = (mail=%s)\nresult_attribute = mail\nbind_dn = uid=zmpostfix,cn=appaccts,cn=zimbra\nbind_pw = old\n',
      },
    });
    expect(look(w, table('vmm'), 'bob@acme.example')).toMatchObject({ kind: 'try-again' });
    expect(w.logLines(client)).toEqual([`${warning}49 (Invalid credentials)`]);
  });

  test('a search base that is not there: try again, with the warning', () => {
    const w = acmeWorld({
      client: {
        '/opt/zimbra/conf/ldap-vmm.cf':
          'server_host = ldap1.acme.example\nsearch_base = dc=nowhere\nquery_filter = (mail=%s)\nresult_attribute = mail\nbind = no\n',
      },
    });
    expect(look(w, table('vmm'), 'bob@acme.example')).toMatchObject({ kind: 'try-again' });
    expect(w.logLines(client)).toEqual([
      "postfix/proxymap: warning: dict_ldap_lookup: /opt/zimbra/conf/ldap-vmm.cf: Search base 'dc=nowhere' not found: 32: No such object",
    ]);
  });

  test('no such configuration file: try again', () => {
    expect(look(acmeWorld(), table('none'), 'x')).toMatchObject({ kind: 'try-again' });
  });
});

function encoded(write: (writer: BerWriter) => void): Uint8Array {
  const writer = new BerWriter();
  write(writer);
  return writer.finish().slice();
}

describe('expansion', () => {
  test('a key cannot leave its place in the filter', () => {
    expect(expandQuery(new Template('(mail=%s)'), 'a*)(uid=b', 'filter')).toBe('(mail=a\\2A\\29\\28uid=b)');
    expect(expandQuery(new Template('uid=%u,dc=%2,dc=%1'), 'a,b@acme.example', 'dn')).toBe(
      'uid=a\\2Cb,dc=acme,dc=example',
    );
  });
  test('a query that needs a domain is not asked for a key without one', () => {
    expect(expandQuery(new Template('(&(u=%u)(d=%d))'), 'bob', 'filter')).toBeNull();
    expect(expandQuery(new Template('(u=%u)'), 'bob', 'filter')).toBe('(u=bob)');
  });
  test('a filter with the key put in is the one that is read from the text with the key put in', () => {
    const templates = [
      '(mail=%s)', '(&(|(mail=%s)(uid=%u))(x=y)(!(a=b)))', '(m=<%s>%%s)', 'mail=%s', '(d=%1.%2)', // made
      '(cn=*%s*)', '(%s=x)', '(m~=%s)', '(m=\\2a%s)', '(&(m=%s)', '(!(m=%s))', '(m=)%s', // read each time
    ]; // prettier-ignore
    for (const template of templates) {
      const query = new QueryFilter(template);
      for (const key of [
        'bob@acme.example',
        '@acme.example',
        'bob',
        '',
        'a*)(uid=b\\',
        'b\u00f6b@x',
        '%s@%u.%d',
      ]) {
        const made = query.fill(key);
        const text = expandQuery(new Template(template), key, 'filter');
        if (made === null || typeof made === 'string') expect(made).toBe(text);
        else
          expect(encoded((writer) => made.template.write(writer, made.values))).toEqual(
            encoded((writer) => encodeFilter(writer, parseFilter(text!))),
          );
      }
    }
  });
  test('result_format takes parts of the value, and of the key in capitals', () => {
    expect(
      expandResult(new Template('%u at %d for %S, 100%%'), { value: 'bob@acme.example', key: 'k' }),
    ).toBe('bob at acme.example for k, 100%');
    expect(expandResult(new Template('%d'), { value: 'bob', key: 'k' })).toBeNull();
  });
});
