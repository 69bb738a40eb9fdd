import { describe, expect, test } from 'vitest';

import { bodySize, linesAt, stateAt, type Conversation } from '../../src/decode/conversation.ts';
import { ConversationsFold } from '../../src/decode/conversations.ts';
import { glossOf } from '../../src/decode/gloss.ts';
import { namesOf } from '../../src/decode/names.ts';
import { lookupMx } from '../../workers/daemons/clients/dns.ts';
import { SECOND, type Proc } from '../../workers/os/os.ts';

import { askDirectory, deliver, dialogue, folded, sceneWorld } from './scene.ts';

function said(conversation: Conversation): string[] {
  return conversation.lines.map(
    ({ side, text, kind }) => `${side === 'client' ? 'C' : 'S'}: ${kind === 'body' ? '…' : text}`,
  );
}

const letter =
  'From: alice@far.example\r\nTo: bob@acme.example\r\nSubject: Hello\r\n\r\n..dots\r\nHello Bob!\r\n';

describe('an SMTP dialogue', () => {
  const w = sceneWorld();
  w.call('mx.far.example', deliver);
  w.run(w.now + SECOND);
  const fold = folded(ConversationsFold, w);
  const smtp = fold.conversations.find(({ protocol }) => protocol === 'smtp')!;

  test('is put together line by line, the letter folded to one', () => {
    expect(said(smtp)).toEqual([
      'S: 220 mta1.acme.example ESMTP',
      'C: EHLO mx.far.example',
      'S: 250-mta1.acme.example',
      'S: 250-PIPELINING',
      'S: 250-SIZE 10240000',
      'S: 250 8BITMIME',
      'C: MAIL FROM:<alice@far.example> SIZE=88',
      'S: 250 2.1.0 Ok',
      'C: RCPT TO:<bob@acme.example>',
      'S: 250 2.1.5 Ok',
      'C: DATA',
      'S: 354 go on',
      'C: …',
      'C: .',
      expect.stringMatching(/^S: 250 2\.0\.0 Ok/),
      'C: QUIT',
      expect.stringMatching(/^S: 2../),
    ]);
    const body = smtp.lines.find(({ kind }) => kind === 'body')!;
    expect(bodySize(body, Infinity)).toEqual({ lines: 6, bytes: letter.length });
    expect(body.text).toBe(letter);
  });

  test('knows which command each reply answers', () => {
    const roles = smtp.lines.filter(({ side }) => side === 'server').map(({ role }) => role);
    expect(roles).toEqual([
      '220 connect',
      ...Array<string>(4).fill('250 EHLO'),
      '250 MAIL',
      '250 RCPT',
      '354 DATA',
      '250 end',
      '250 QUIT',
    ]);
  });

  test('is explained in plain words', () => {
    const names = namesOf(w.world);
    const glosses = smtp.lines.map((line) => glossOf(line, smtp, names));
    expect(glosses.slice(0, 3)).toEqual([
      'Acme answers the door.',
      'I am mx.',
      'Pleased to meet you; here is what I can do.',
    ]);
    expect(glosses).toContain('The envelope, from.');
    expect(glosses.slice(0, -1)).not.toContain('');
  });

  test('has its state and its lines as of the cursor', () => {
    expect(smtp.states.map(({ state }) => state)).toEqual(['open', 'closed']);
    expect(stateAt(smtp, smtp.openedAt)).toBe('opening');
    expect(linesAt(smtp, smtp.openedAt)).toBe(0);
    expect(linesAt(smtp, smtp.lines[1]!.at)).toBe(2);
  });

  test('is found by its packets, its hosts, and the time', () => {
    const packets = w.events.filter((event) => event.kind === 'tcp.segment-delivered');
    expect(new Set(packets.map((event) => fold.of(event)))).toEqual(new Set([smtp.number]));
    expect(fold.of(w.events[0]!)).toBe(-1);
    expect(fold.latestAt(smtp.lines.at(-1)!.at)).toBe(smtp.number);
    expect(fold.latestAt(0)).toBe(-1);
    expect(fold.latestOf(w.now, 0, 1)).toBe(smtp.number);
    expect(fold.between(1, 0)).toEqual([smtp]);
  });
});

describe('pipelining', () => {
  test('matches refusals to the commands they answer', () => {
    const rcpt = (line: string) =>
      line.includes('nobody') ? '550 5.1.1 <nobody@acme.example>: no' : '250 2.1.5 Ok';
    const w = sceneWorld({ rcpt });
    const commands = [
      'EHLO a.example',
      'MAIL FROM:<>\r\nRCPT TO:<nobody@acme.example>\r\nRCPT TO:<bob@acme.example>',
    ];
    w.call('mx.far.example', (os) => dialogue(os, { address: '192.0.2.25', port: 25 }, commands));
    w.run(w.now + SECOND);
    const [smtp] = folded(ConversationsFold, w).conversations;
    const replies = smtp!.lines.filter(({ side }) => side === 'server').slice(-3);
    expect(replies.map(({ role, tone, about }) => [role, tone, about])).toEqual([
      ['250 MAIL', 'plain', ''],
      ['550 RCPT', 'fail', 'nobody@acme.example'],
      ['250 RCPT', 'plain', 'bob@acme.example'],
    ]);
    const names = namesOf(w.world);
    expect(glossOf(replies[1]!, smtp!, names)).toBe('Nobody of that name lives here.');
  });
});

describe('a connection that fails', () => {
  test('ends in a remark with the reason', () => {
    const w = sceneWorld();
    const result = w.call('mx.far.example', (os) => dialogue(os, { address: '192.0.2.25', port: 26 }, []));
    expect(result).toBe('Connection refused');
    const [conversation] = folded(ConversationsFold, w).conversations;
    expect(conversation!.lines.map(({ kind, text, tone }) => [kind, text, tone])).toEqual([
      ['remark', 'Connection refused', 'fail'],
    ]);
    expect(stateAt(conversation!, w.now)).toBe('refused');
  });

  test('shows what was lost and sent again', () => {
    const w = sceneWorld();
    const between: [string, string] = ['mx.far.example', 'mta1.acme.example'];
    w.input(3500, { kind: 'link.set', between, fault: 'down' });
    w.input(10 * SECOND, { kind: 'link.set', between, fault: '' });
    w.call('mx.far.example', (os) =>
      dialogue(os, { address: '192.0.2.25', port: 25 }, ['EHLO a.example', 'QUIT']),
    );
    const [smtp] = folded(ConversationsFold, w).conversations;
    const remarks = smtp!.lines.filter(({ kind }) => kind === 'remark').map(({ role }) => role);
    expect(remarks).toContain('lost');
    const texts = smtp!.lines.filter(({ kind }) => kind === 'text').map(({ text }) => text);
    expect(texts).toEqual([...new Set(texts)]);
    expect(texts).toContain('EHLO a.example');
  });
});

describe('DNS', () => {
  const w = sceneWorld();
  w.call('mx.far.example', deliver);
  w.call('mx.far.example', (os) => lookupMx(os, 'acme.example') as Proc<unknown>);
  w.call('mx.far.example', (os) => lookupMx(os, 'nowhere.example') as Proc<unknown>);
  const fold = folded(ConversationsFold, w);

  test('is one conversation per pair of hosts, a line per message', () => {
    const stub = fold.between(0, 2)[0]!;
    expect(said(stub)).toEqual([
      'C: ? MX acme.example',
      'S: MX 10 mta1.acme.example',
      'C: ? A mta1.acme.example',
      'S: A 192.0.2.25',
      'C: ? MX acme.example',
      'S: MX 10 mta1.acme.example',
      'C: ? MX nowhere.example',
      'S: NXDOMAIN nowhere.example',
    ]);
    expect(fold.between(2, 3).length).toBe(1);
  });

  test('is a walk: referrals below the lookup they serve, none when the cache knows', () => {
    const lookups = fold.dns.lookupsAt(w.now);
    expect(lookups.map(({ type, name }) => `${type} ${name}`)).toEqual([
      'MX acme.example',
      'A mta1.acme.example',
      'MX acme.example',
      'MX nowhere.example',
    ]);
    const walk = lookups[0]!.children.map((number) => fold.dns.byNumber(number)!);
    expect(walk.map(({ serverHost, outcome }) => [serverHost, outcome])).toEqual([
      [3, 'referral'],
      [4, 'referral'],
      [5, 'answer'],
    ]);
    expect(walk.map(({ zone }) => zone)).toEqual(['example', 'acme.example', '']);
    expect(lookups[2]!.children).toEqual([]);
    expect(fold.dns.lookupsAt(0)).toEqual([]);
  });
});

describe('LDAP', () => {
  const w = sceneWorld();
  w.call('mx.far.example', askDirectory);
  w.run(w.now + SECOND);
  const fold = folded(ConversationsFold, w);

  test('is a line per message', () => {
    const ldap = fold.conversations.find(({ protocol }) => protocol === 'ldap')!;
    expect(said(ldap)).toEqual([
      'C: BindRequest "uid=zimbra,cn=admins,cn=zimbra" simple "wrong"',
      'S: BindResponse invalidCredentials (49)',
      'C: BindRequest "uid=zimbra,cn=admins,cn=zimbra" simple "secret"',
      'S: BindResponse success',
      'C: SearchRequest sub "" (&(objectClass=zimbraAccount)(mail=bob@acme.example)) zimbraMailDeliveryAddress',
      'S: SearchResultEntry "uid=bob,ou=people,dc=acme,dc=example" zimbraMailDeliveryAddress: bob@acme.example',
      'S: SearchResultDone success',
      'C: SearchRequest sub "" (mail=nobody@acme.example) zimbraMailDeliveryAddress',
      'S: SearchResultDone success',
      'C: UnbindRequest',
    ]);
    const names = namesOf(w.world);
    const glosses = ldap.lines.map((line) => glossOf(line, ldap, names));
    expect(glosses).toContain('Who is bob@acme.example?');
    expect(glosses).toContain('That is all: nothing matches.');
  });

  test('is a list of what was asked, with what came back', () => {
    const [wrong, right, bob, nobody] = fold.ldap.askedAt(w.now);
    expect([wrong!.operation, wrong!.code, right!.code]).toEqual(['bind', 49, 0]);
    expect(bob).toMatchObject({ operation: 'search', scope: 'sub', entryCount: 1, code: 0 });
    expect(bob!.entries[0]!.attributes).toEqual([
      { name: 'zimbraMailDeliveryAddress', value: 'bob@acme.example' },
    ]);
    expect(nobody!.entryCount).toBe(0);
    expect(nobody!.done).not.toBeNull();
  });
});
