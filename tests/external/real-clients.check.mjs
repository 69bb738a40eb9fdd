// swaks, dig, ldapsearch and curl talk to the simulated hosts of two-islands, through the bridge.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { check, client, eventually, expectMatch, finish, startBridge } from './bridged.mjs';
import { authorityFile, writeTlsWorld } from './tls-world.mjs';

mkdirSync('test-results', { recursive: true });
const bridge = await startBridge('two-islands', '--record', '/dev/null');
const dig = (name, ...args) =>
  client('dig', ['@127.0.0.1', '-p', String(bridge.port(name)), '+time=5', '+tries=1', ...args]);
const swaks = (name, ...args) =>
  client('swaks', ['--server', '127.0.0.1', '--port', String(bridge.port(name)), '--timeout', '20', ...args]);
const imap = (name, user, where, ...args) =>
  client('curl', [
    '-sS',
    '--max-time',
    '20',
    '-u',
    user,
    `imap://127.0.0.1:${bridge.port(name)}/${where}`,
    ...args,
  ]);
const bob = ['mbox1.acme.example:143', 'bob@acme.example:builder'];

await check('dig over UDP: an authoritative server tells the MX of its zone', async () => {
  expectMatch(
    await dig('ns1.acme.example:53/udp', 'acme.example', 'MX', '+norecurse'),
    /flags: qr aa;[^]*acme\.example\.\s+\d+\s+IN\s+MX\s+10\s+mta1\.acme\.example\./,
  );
});
await check('dig +tcp: the same over TCP', async () => {
  expectMatch(
    await dig('ns1.acme.example:53', 'acme.example', 'MX', '+norecurse', '+tcp'),
    /MX\s+10\s+mta1\.acme\.example\./,
  );
});
await check('dig to the root: a referral, no answer', async () => {
  expectMatch(
    await dig('a.root-servers.example:53/udp', 'acme.example', 'MX', '+norecurse'),
    /ANSWER: 0,[^]*AUTHORITY SECTION[^]*NS/,
  );
});
await check('dig to the resolver: it walks from the root', async () => {
  expectMatch(
    await dig('resolver.far.example:53/udp', 'acme.example', 'MX'),
    /flags: qr rd ra;[^]*MX\s+10\s+mta1\.acme\.example\./,
  );
});
await check('dig to the resolver: a name that does not exist', async () => {
  expectMatch(await dig('resolver.far.example:53/udp', 'nobody.acme.example', 'A'), /status: NXDOMAIN/);
});
await check(
  'dig +norecurse to a resolver for another zone, an authoritative server refuses recursion',
  async () => {
    expectMatch(await dig('ns1.acme.example:53/udp', 'far.example', 'MX'), /status: REFUSED/);
  },
);

await check('ldapsearch finds Bob and where his mail goes', async () => {
  const address = `ldap://127.0.0.1:${bridge.port('ldap1.acme.example:389')}`;
  const text = await client('ldapsearch', ['-x', '-LLL', '-H', address, '-b', '', '(mail=bob@acme.example)']);
  expectMatch(text, /^mail: bob@acme\.example$/m);
});
await check('ldapsearch with a wrong password: invalid credentials (49)', async () => {
  const address = `ldap://127.0.0.1:${bridge.port('ldap1.acme.example:389')}`;
  const dn = 'uid=bob,ou=people,dc=acme,dc=example';
  expectMatch(
    await client('ldapsearch', ['-x', '-H', address, '-D', dn, '-w', 'wrong', '-b', dn], 49),
    /Invalid credentials \(49\)/,
  );
});

await check(
  'swaks, port 587 with AUTH at far: accepted, and read from the mailbox at acme with curl imap://',
  async () => {
    const subject = 'Subject: by submission';
    const login = ['--auth', 'PLAIN', '--auth-user', 'alice@far.example', '--auth-password', 'wonderland'];
    const said = await swaks(
      'mx.far.example:587',
      ...login,
      '--from',
      'alice@far.example',
      '--to',
      'bob@acme.example',
      '--header',
      subject,
    );
    expectMatch(said, /235 2\.7\.0 Authentication successful[^]*250 2\.0\.0 Ok: queued as /);
    await eventually(async () => expectMatch(await imap(...bob, 'INBOX;UID=1'), /^Subject: by submission/m));
  },
);
await check('swaks, port 587 with a wrong password: 535', async () => {
  const login = ['--auth', 'PLAIN', '--auth-user', 'alice@far.example', '--auth-password', 'wrong'];
  const args = [
    '--server',
    '127.0.0.1',
    '--port',
    String(bridge.port('mx.far.example:587')),
    ...login,
    '--from',
    'alice@far.example',
    '--to',
    'bob@acme.example',
  ];
  expectMatch(await client('swaks', args, 28), /535 5\.7\.8 Error: authentication failed/);
});
await check('swaks, port 25 at acme: through filter, directory and LMTP into the mailbox', async () => {
  const said = await swaks(
    'mta1.acme.example:25',
    '--from',
    'alice@far.example',
    '--to',
    'sales@acme.example',
    '--header',
    'Subject: by port 25',
  );
  expectMatch(said, /250 2\.0\.0 Ok: queued as /);
  await eventually(async () => expectMatch(await imap(...bob, 'INBOX;UID=2'), /^Subject: by port 25/m));
});
await check('swaks, port 25 at acme: nobody@acme.example is refused with 550 5.1.1', async () => {
  const args = [
    '--server',
    '127.0.0.1',
    '--port',
    String(bridge.port('mta1.acme.example:25')),
    '--from',
    'alice@far.example',
    '--to',
    'nobody@acme.example',
  ];
  expectMatch(
    await client('swaks', args, 24),
    /550 5\.1\.1 <nobody@acme\.example>: Recipient address rejected/,
  );
});
await check('swaks, port 25 at acme: no relaying for strangers', async () => {
  const args = [
    '--server',
    '127.0.0.1',
    '--port',
    String(bridge.port('mta1.acme.example:25')),
    '--from',
    'a@elsewhere.example',
    '--to',
    'alice@far.example',
  ];
  expectMatch(await client('swaks', args, 24), /<\*\* 554 5\.7\.1 <alice@far\.example>: Relay access denied/);
});

await check('curl imap:// lists the folders of Bob', async () => {
  expectMatch(await imap(...bob, ''), /\* LIST \(.*\) "\/" "?INBOX"?/i);
});
await check('curl imap:// with a wrong password: login denied (67)', async () => {
  const args = [
    '-sS',
    '--max-time',
    '20',
    '-u',
    'bob@acme.example:wrong',
    `imap://127.0.0.1:${bridge.port('mbox1.acme.example:143')}/`,
  ];
  await client('curl', args, 67);
});

await check('SIGINT ends the bridge cleanly', async () => {
  const { status, output } = await bridge.end();
  if (status !== 0) throw new Error(`exit status ${status}:\n${output}`);
});
bridge.remove();

await check('what a real client did is recorded, and replays to the same hash', async () => {
  const recorded = await startBridge(
    'postcard',
    '--record',
    path.join(process.cwd(), 'test-results/recorded.json'),
  );
  const args = [
    '--server',
    '127.0.0.1',
    '--port',
    String(recorded.port('post.example:25')),
    '--from',
    'a@post.example',
    '--to',
    'bob@post.example',
  ];
  await client('swaks', args);
  const { output } = await recorded.end();
  recorded.remove();
  const [, hash, at] = /hash ([0-9a-f]{16}) at (\d+) us/.exec(output) ?? [];
  const sim = ['scripts/node-entry.mjs', 'sim', 'test-results/recorded.json', '--until', `${at}us`, '--hash'];
  expectMatch(await client(process.execPath, sim), new RegExp(`^${hash}$`, 'm'));
});

const folder = mkdtempSync(path.join(os.tmpdir(), 'postroom-'));
const secure = await startBridge(await writeTlsWorld(folder), '--record', '/dev/null');
const at = (port) => `127.0.0.1:${secure.port(`post.example:${port}`)}`;
const login = ['--auth', 'PLAIN', '--auth-user', 'alice@post.example', '--auth-password', 'wonderland'];
const letter = ['--from', 'alice@post.example', '--to', 'bob@post.example'];
const trust = ['-CAfile', authorityFile, '-verify_hostname', 'mail.example.com', '-verify_return_error'];
const read = (uid) =>
  client('curl', ['-sS', '-u', 'bob@post.example:builder', `imap://${at(143)}/INBOX;UID=${uid}`]);

await check('openssl s_client -starttls smtp: TLS 1.3, and the certificate is verified', async () => {
  const said = await client('openssl', ['s_client', '-starttls', 'smtp', '-connect', at(25), ...trust]);
  expectMatch(said, /Server Temp Key: X25519[^]*New, TLSv1\.3, Cipher is TLS_AES_256_GCM_SHA384/);
  expectMatch(said, /Verify return code: 0 \(ok\)/);
});
await check('openssl s_client on port 465: TLS from the first byte', async () => {
  const said = await client('openssl', ['s_client', '-connect', at(465), ...trust]);
  expectMatch(said, /New, TLSv1\.3, Cipher is TLS_AES_256_GCM_SHA384[^]*Verify return code: 0 \(ok\)/);
});
await check('openssl s_client -tls1_2: refused with the alert protocol version', async () => {
  const args = ['s_client', '-starttls', 'smtp', '-connect', at(25), '-tls1_2'];
  expectMatch(await client('openssl', args, 1), /alert protocol version/);
});
await check(
  'swaks --tls, port 587: AUTH is offered over TLS alone, the letter says how it came',
  async () => {
    const server = ['--server', at(587), '--timeout', '20', ...letter];
    expectMatch(await client('swaks', [...server, ...login], 28), /Host did not advertise authentication/);
    const said = await client('swaks', [...server, ...login, '--tls', '--header', 'Subject: by swaks']);
    expectMatch(said, /=== TLS started with cipher TLSv1\.3:TLS_AES_256_GCM_SHA384:256/);
    expectMatch(said, /<~ +235 2\.7\.0 Authentication successful[^]*<~ +250 2\.0\.0 Ok: queued as /);
    await eventually(async () => expectMatch(await read(1), /^Subject: by swaks/m));
    expectMatch(
      await read(1),
      /\(using TLSv1\.3 with cipher TLS_AES_256_GCM_SHA384 \(256\/256 bits\)\r?\n\s+key-exchange X25519 server-signature RSA-PSS \(2048 bits\) server-digest SHA256\)\r?\n\s+\(No client certificate requested\)\r?\n\s+by post\.example \(Postfix\) with ESMTPSA id /,
    );
  },
);
await check('swaks --tlsc, port 465', async () => {
  const args = ['--server', at(465), '--timeout', '20', ...letter, ...login, '--tlsc'];
  expectMatch(await client('swaks', args), /=== TLS started[^]*<~ +250 2\.0\.0 Ok: queued as /);
});
await check('curl smtp:// with --ssl-reqd, and smtps://', async () => {
  const file = path.join(folder, 'letter.txt');
  writeFileSync(file, 'Subject: by curl\r\n\r\nhello\r\n');
  const mail = ['--mail-from', 'alice@post.example', '--mail-rcpt', 'bob@post.example', '-T', file];
  const curl = (url, ...args) =>
    client('curl', ['-sS', '-k', '-u', 'alice@post.example:wonderland', ...mail, ...args, url]);
  await curl(`smtp://${at(587)}/client.example`, '--ssl-reqd');
  await curl(`smtps://${at(465)}/client.example`);
  for (const uid of [3, 4]) await eventually(async () => expectMatch(await read(uid), /^Subject: by curl/m));
});
await secure.end();
secure.remove();
rmSync(folder, { recursive: true });
finish();
