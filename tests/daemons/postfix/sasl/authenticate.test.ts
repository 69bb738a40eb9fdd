import { describe, expect, test } from 'vitest';

import type { Service } from '../../../../workers/daemons/postfix/instance.ts';
import { verifyPassword } from '../../../../workers/daemons/postfix/sasl/authenticate.ts';
import { SECOND } from '../../../../workers/os/os.ts';
import type { TestWorld } from '../../../simulate.ts';
import { acmeWorld, client, server } from '../../slapd/acme.ts';

const values = new Map([
  ['smtpd_sasl_path', 'smtpd'],
  ['smtpd_sasl_service', 'smtp'],
  ['smtpd_sasl_local_domain', 'far.example'],
]);
const service = {
  ident: 'postfix/submission/smtpd',
  parameters: { text: (name: string) => values.get(name)! },
} as unknown as Service;
const verify = (w: TestWorld, user: string, password: string): unknown =>
  w.call(client, (os) => verifyPassword(os, service, user, password));

describe('auxprop: /etc/sasldb-users', () => {
  const world = (): TestWorld =>
    acmeWorld({
      client: {
        '/etc/postfix/sasl/smtpd.conf': 'pwcheck_method: auxprop\nauxprop_plugin: sasldb\n',
        '/etc/sasldb-users': 'alice@far.example:wonder:land\n',
      },
    });
  test('the right password, with the realm or without it', () => {
    expect(verify(world(), 'alice@far.example', 'wonder:land')).toBe('ok');
    expect(verify(world(), 'alice@FAR.example', 'wonder:land')).toBe('ok');
    expect(verify(world(), 'alice', 'wonder:land')).toBe('ok');
  });
  test('a wrong password, an unknown user, another realm, nothing', () => {
    for (const [user, password] of [
      ['alice', 'wonder'],
      ['Alice', 'wonder:land'],
      ['bob', 'x'],
      ['alice@acme.example', 'wonder:land'],
      ['', ''],
      ['alice', ''],
    ])
      expect(verify(world(), user!, password!)).toBe('bad-password');
  });
});

describe('saslauthd: search, then bind as the entry found', () => {
  const world = (): TestWorld =>
    acmeWorld({
      client: { '/etc/postfix/sasl/smtpd.conf': 'pwcheck_method: saslauthd\nmech_list: PLAIN LOGIN\n' },
    });
  test('the right password, by address and by alias', () => {
    const w = world();
    expect(verify(w, 'bob@acme.example', 'builder')).toBe('ok');
    expect(verify(w, 'sales@acme.example', 'builder')).toBe('ok');
    expect(w.logLines(server)).toContain(
      'slapd: conn=1000 op=2 BIND dn="uid=bob,ou=people,dc=acme,dc=example" mech=SIMPLE bind_ssf=0 ssf=0',
    );
  });
  test('a wrong password and an unknown user, logged as saslauthd does', () => {
    const w = world();
    expect(verify(w, 'bob@acme.example', 'wrong')).toBe('bad-password');
    expect(verify(w, 'b*b@acme.example', 'builder')).toBe('bad-password');
    expect(w.logLines(client)[0]).toBe(
      'saslauthd: do_auth         : auth failure: [user=bob] [service=smtp] [realm=acme.example] [mech=ldap] [reason=Unknown]',
    );
  });
  test('a bare name is of ldap_default_realm, unless smtpd_sasl_local_domain says otherwise', () => {
    const bare = {
      ...service,
      parameters: { text: (name: string) => (name === 'smtpd_sasl_local_domain' ? '' : values.get(name)!) },
    };
    const w = world();
    const as = (user: string, by: unknown): unknown =>
      w.call(client, (os) => verifyPassword(os, by as Service, user, 'builder'));
    expect(as('bob', bare)).toBe('ok');
    expect(as('bob', service)).toBe('bad-password');
  });
  test('the directory is down: try again', () => {
    const w = world();
    w.input(1, { kind: 'host.stop', host: server });
    w.run(SECOND);
    expect(verify(w, 'bob@acme.example', 'builder')).toEqual({
      kind: 'try-again',
      why: "Can't contact LDAP server",
    });
  });
});

test('an unknown method cannot check anything', () => {
  const w = acmeWorld({ client: { '/etc/postfix/sasl/smtpd.conf': 'pwcheck_method: magic\n' } });
  expect(verify(w, 'bob', 'x')).toMatchObject({ kind: 'try-again' });
});
