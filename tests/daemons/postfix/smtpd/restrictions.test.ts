import { expect, test } from 'vitest';

import { Server, toAlice } from './dialogue.ts';

const rcpt = (server: Server, recipient = 'alice@example.com', sender = 'joe@far.example'): string =>
  server.talk('EHLO client.example\r\n', `MAIL FROM:<${sender}>\r\n`, `RCPT TO:<${recipient}>\r\n`).at(-1)!;

test('mail for elsewhere is relayed for nobody but mynetworks', () => {
  expect(rcpt(new Server(), 'x@elsewhere.example')).toBe(
    '454 4.7.1 <x@elsewhere.example>: Relay access denied',
  );
  const relay = ['smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination'];
  expect(rcpt(new Server({ mainCf: relay }), 'x@elsewhere.example')).toBe(
    '554 5.7.1 <x@elsewhere.example>: Relay access denied',
  );
  expect(rcpt(new Server({ mainCf: [...relay, 'mynetworks = 192.0.2.0/28'] }), 'x@elsewhere.example')).toBe(
    '250 2.1.5 Ok',
  );
});

test.each([
  ['REJECT', '554 5.7.1 <joe@far.example>: Sender address rejected: Access denied'],
  ['REJECT Go away', '554 5.7.1 <joe@far.example>: Sender address rejected: Go away'],
  ['DEFER', '450 4.7.1 <joe@far.example>: Sender address rejected: Access denied'],
  ['550 5.1.1 No', '550 5.1.7 <joe@far.example>: Sender address rejected: No'],
  ['DEFER_IF_PERMIT', '450 4.7.1 <joe@far.example>: Sender address rejected: Service unavailable'],
  ['OK', '250 2.1.5 Ok'],
  ['DUNNO', '250 2.1.5 Ok'],
  ['HOLD', '250 2.1.5 Ok'],
  ['reject_unauth_pipelining, reject', '554 5.7.1 <joe@far.example>: Sender address rejected: Access denied'],
  ['hash:/x', '451 4.3.5 Server configuration error'],
])('access(5): %s', (action, reply) => {
  const tables = [`smtpd_sender_restrictions = check_sender_access inline:{ {far.example = ${action}} }`];
  expect(rcpt(new Server({ mainCf: tables }))).toBe(reply);
});

test.each(['joe@sub.far.example', 'joe@far.example'])(
  'a domain in an access table counts for %s',
  (sender) => {
    const tables = ['smtpd_sender_restrictions = check_sender_access inline:{ {far.example = REJECT} }'];
    expect(rcpt(new Server({ mainCf: tables }), 'alice@example.com', sender)).toMatch(/^554/);
  },
);

test('a network of the client in an access table', () => {
  const tables = ['smtpd_client_restrictions = check_client_access inline:{ {192.0 = REJECT} }'];
  expect(rcpt(new Server({ mainCf: tables }))).toBe(
    '554 5.7.1 <client.example[192.0.2.9]>: Client host rejected: Access denied',
  );
});

test('a restriction class is what main.cf defines; one that is only declared is an error of the server', () => {
  const classes = [
    'smtpd_restriction_classes = strict, loose',
    'strict = reject_unknown_sender_domain, reject',
  ];
  const asking = (name: string): Server =>
    new Server({ mainCf: [...classes, `smtpd_sender_restrictions = ${name}`] });
  expect(rcpt(asking('strict'), 'alice@example.com', '')).toBe(
    '554 5.7.1 <>: Sender address rejected: Access denied',
  );
  const server = asking('loose');
  expect(rcpt(server)).toBe('451 4.3.5 Server configuration error');
  expect(server.log()).toContain("warning: restriction class `loose' needs a definition");
});

test('warn_if_reject only logs', () => {
  const server = new Server({ mainCf: ['smtpd_sender_restrictions = warn_if_reject reject'] });
  expect(rcpt(server)).toBe('250 2.1.5 Ok');
  expect(server.log()).toContainEqual(
    expect.stringMatching(
      /^NOQUEUE: reject_warning: RCPT from client\.example\[192\.0\.2\.9\]: 554 5\.7\.1 .*; from=<joe@far\.example> to=<alice@example\.com> proto=ESMTP helo=<client\.example>$/,
    ),
  );
});

test('a restriction class is a list with a name', () => {
  const server = new Server({
    mainCf: [
      'smtpd_restriction_classes = strangers',
      'strangers = reject',
      'smtpd_client_restrictions = strangers',
    ],
  });
  expect(rcpt(server)).toMatch(/^554 5\.7\.1 .*Access denied$/);
});

test('an unknown restriction defers, so that the mistake loses no mail', () => {
  const server = new Server({ mainCf: ['smtpd_client_restrictions = rejekt'] });
  expect(rcpt(server)).toBe('451 4.3.5 Server configuration error');
  expect(server.log()).toContain('warning: unknown smtpd restriction: "rejekt"');
});

test('a list that refers to itself ends', () => {
  const server = new Server({
    mainCf: ['smtpd_restriction_classes = loop', 'loop = loop', 'smtpd_client_restrictions = loop'],
  });
  expect(rcpt(server)).toBe('451 4.3.5 Server configuration error');
});

test('a table that does not answer defers', () => {
  const server = new Server({ mainCf: ['virtual_alias_maps = fail:x'] });
  expect(rcpt(server)).toMatch(/^451 4\.3\.0 /);
});

test('FILTER, PREPEND and REDIRECT go to cleanup with the message', () => {
  const server = new Server({
    mainCf: [
      'smtpd_sender_restrictions = check_sender_access inline:{ {joe@far.example = PREPEND X-Mark: yes} }',
    ],
  });
  const replies = server.talk(...toAlice, 'DATA\r\n', 'Subject: x\r\n\r\nHello\r\n.\r\n');
  expect(replies.at(-1)).toMatch(/^250 2\.0\.0 Ok: queued/);
});

test('XFORWARD tells the client of the filter’s client, to those who may', () => {
  expect(
    new Server().talk('EHLO client.example\r\n', 'XFORWARD NAME=x.example ADDR=192.0.2.77\r\n').at(-1),
  ).toBe('550 5.7.0 Error: insufficient authorization');
  const server = new Server({ mainCf: ['smtpd_authorized_xforward_hosts = 192.0.2.9'] });
  server.talk(
    'EHLO f\r\n',
    'XFORWARD NAME=x.example ADDR=192.0.2.77\r\nXFORWARD IDENT=ABC\r\n',
    ...toAlice.slice(1),
  );
  expect(server.log()).toContain(
    'QID: client=client.example[192.0.2.9], orig_queue_id=ABC, orig_client=x.example[192.0.2.77]',
  );
});

test('XCLIENT makes the session that of another client', () => {
  const server = new Server({
    mainCf: [
      'smtpd_authorized_xclient_hosts = 192.0.2.9',
      'smtpd_client_restrictions = check_client_access inline:{ {192.0.2.66 = REJECT} }',
    ],
  });
  expect(server.talk('XCLIENT ADDR=192.0.2.66 NAME=bad.example\r\n', ...toAlice).slice(1)).toEqual([
    '220 mx.example ESMTP Postfix',
    ...Array.from({ length: 10 }, () => expect.stringMatching(/^250/)),
    '250 2.1.0 Ok',
    '554 5.7.1 <bad.example[192.0.2.66]>: Client host rejected: Access denied',
  ]);
});
