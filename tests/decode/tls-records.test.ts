// A dialogue that goes on over TLS is read as records: what they are, and nothing that they hold.
import { describe, expect, test } from 'vitest';

import type { Conversation } from '../../src/decode/conversation.ts';
import { ConversationsFold } from '../../src/decode/conversations.ts';
import { glossOf } from '../../src/decode/gloss.ts';
import { namesOf } from '../../src/decode/names.ts';

import { MailHosts, withCertificate } from '../daemons/postfix/tls/mail-hosts.ts';
import { folded } from './scene.ts';

const said = ({ lines }: Conversation): string[] =>
  lines.map(
    ({ side, text }) => `${side === 'client' ? 'C' : 'S'}: ${text.replace(/\d+ octets/, 'N octets')}`,
  );

function smtpOf(hosts: MailHosts, port: number): Conversation {
  const fold = folded(ConversationsFold, hosts.world);
  return fold.conversations.find(({ server }) => server.port === port)!;
}

describe('STARTTLS', () => {
  const hosts = new MailHosts({ receiver: [...withCertificate, 'smtpd_tls_security_level = may'] });
  hosts.talk(25, 'EHLO x', 'STARTTLS', 'EHLO x', 'QUIT');
  const smtp = smtpOf(hosts, 25);
  const from = smtp.lines.findIndex(({ text }) => text === 'STARTTLS');

  test('is followed by the two hellos, and by what nobody can read', () => {
    const after = said(smtp).slice(from);
    expect(after.slice(0, 5)).toEqual([
      'C: STARTTLS',
      'S: 220 2.0.0 Ready to start TLS',
      'C: TLS ClientHello',
      'S: TLS ServerHello',
      'S: TLS ChangeCipherSpec',
    ]);
    const rest = new Set(after.slice(5));
    for (const line of ['C: TLS ChangeCipherSpec', 'S: TLS ChangeCipherSpec']) rest.delete(line);
    expect([...rest].sort()).toEqual([
      'C: TLS application data, N octets',
      'S: TLS application data, N octets',
    ]);
  });

  test('is explained in plain words, no line called a command or a reply', () => {
    const names = namesOf(hosts.world.world);
    const records = smtp.lines.slice(from + 2);
    expect(records.every(({ role }) => role.startsWith('tls-'))).toBe(true);
    expect(records.every((line) => glossOf(line, smtp, names) !== '')).toBe(true);
  });
});

test('port 465 begins with a hello', () => {
  const master = ['465 inet n - y - - smtpd -o smtpd_tls_wrappermode=yes'];
  const hosts = new MailHosts({ receiver: withCertificate, master });
  hosts.talk(465, 'EHLO x');
  expect(said(smtpOf(hosts, 465)).slice(0, 2)).toEqual(['C: TLS ClientHello', 'S: TLS ServerHello']);
});

test('what is no TLS where TLS should be stays bytes', () => {
  const hosts = new MailHosts({ receiver: [...withCertificate, 'smtpd_tls_security_level = may'] });
  hosts.talk(25, 'EHLO x', 'starttls', 'NOOP');
  const lines = smtpOf(hosts, 25).lines;
  expect(lines.find(({ kind }) => kind === 'opaque')?.side).toBe('client');
  expect(lines.at(-1)?.text).toMatch(/^TLS alert|^RST|^$/);
});
