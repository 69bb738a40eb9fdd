import { describe, expect, test } from 'vitest';

import * as utf8 from '../../../../workers/bytes/utf8.ts';
import type { CleanupResult, MailEnvelope } from '../../../../workers/daemons/postfix/cleanup/mail-stream.ts';
import { makeParameters, parseMainCf } from '../../../../workers/daemons/postfix/main-cf.ts';
import { makeInstance } from '../../../../workers/daemons/postfix/master/make-instance.ts';
import { InstanceQueue } from '../../../../workers/daemons/postfix/qmgr/instance-queue.ts';
import type { QueueEnvelope } from '../../../../workers/daemons/postfix/qmgr/message.ts';
import { TestWorld } from '../../../simulate.ts';

import { plainEnvelope } from './plain-envelope.ts';

const host = 'mail.example.com';
const files = {
  '/etc/postfix/virtual':
    'sales@example.com bob@example.com, carol@example.com\nloop@example.com loop@example.com\n' +
    'a@example.com b@example.com\nb@example.com a@example.com\nmany@example.com a1, a2, a3, a4\nkeep@example.com keep@example.com, bob@example.com\n',
  '/etc/postfix/checks':
    '/^Subject: no/ REJECT Spam subject\n/^Subject: hold/ HOLD\n/^X-Old:/ IGNORE\n/^X-New: (.*)/ REPLACE X-Newer: $1\n/^Subject: gone/ DISCARD\n',
};

interface Entered {
  result: CleanupResult;
  queueId: string;
  envelope: QueueEnvelope | null;
  content: string;
  world: TestWorld;
  woken: number;
}

function enter(options: {
  mainCf?: string;
  sender?: string;
  to?: string[];
  content: string[];
  envelope?: Partial<MailEnvelope>;
  local?: boolean;
}): Entered {
  const world = new TestWorld([{ name: host, address: '192.0.2.1', boot: () => {}, files }]);
  let woken = 0;
  const instance = makeInstance({
    parameters: makeParameters(parseMainCf(options.mainCf ?? '').values, {
      hostName: host,
      addresses: ['192.0.2.1'],
    }),
    addresses: ['192.0.2.1'],
    cleanupOs: () => world.machine(host).os(),
    wake: () => void woken++,
  });
  const { result, queueId } = world.call(host, function* (os) {
    const plain = plainEnvelope(os.now());
    const stream = instance.openCleanup(os, {
      ...plain,
      sender: options.sender ?? plain.sender,
      envelopeId: 'E1',
      returnContent: 'HDRS',
      client: { ...plain.client, source: options.local === true ? 'LOCAL' : 'REMOTE' },
      ...options.envelope,
    });
    for (const address of options.to ?? ['bob@example.com'])
      stream.addRecipient({ address, originalAddress: address, dsnOriginalRecipient: '', notify: '' });
    const outcome = yield* stream.finish(options.content.map((piece) => utf8.encode(piece)));
    return { result: outcome, queueId: stream.queueId };
  });
  const queue = new InstanceQueue(world.machine(host).os(), instance);
  const where = queue.list('hold').length > 0 ? 'hold' : 'incoming';
  return {
    result,
    queueId,
    woken,
    world,
    envelope: queue.readEnvelope(queueId, where),
    content: queue
      .readContent(queueId, where)
      .map((piece) => utf8.decode(piece))
      .join(''),
  };
}

const received =
  'Received: from c (c.example [192.0.2.9])\r\n\tby mail.example.com (Postfix) with ESMTP id X; date\r\n';

describe('the queue file', () => {
  test('keeps envelope and content; qmgr is woken; facts and the message-id line are written', () => {
    const body = 'Message-ID: <m@x>\r\nSubject: hi\r\n\r\nÄ body\r\n';
    const { result, envelope, content, world, woken, queueId } = enter({
      content: [received, body],
      to: ['bob@example.com', 'x@y.example'],
    });
    expect(result).toEqual({ kind: 'ok' });
    expect(content).toBe(received + body);
    expect(envelope).toMatchObject({
      sender: 's@sender.example',
      encoding: '7bit',
      envelopeId: 'E1',
      returnContent: 'HDRS',
      filter: '',
      warned: false,
      client: { name: 'c.example', address: '192.0.2.9', source: 'REMOTE' },
      size: utf8.encode(received + body).length,
    });
    expect(envelope!.recipients).toEqual([
      {
        index: 0,
        address: 'bob@example.com',
        originalAddress: 'bob@example.com',
        dsnOriginalRecipient: 'rfc822;bob@example.com',
        notify: '',
      },
      {
        index: 1,
        address: 'x@y.example',
        originalAddress: 'x@y.example',
        dsnOriginalRecipient: 'rfc822;x@y.example',
        notify: '',
      },
    ]);
    expect(woken).toBe(1);
    expect(world.logLines()).toEqual([`postfix/cleanup: ${queueId}: message-id=<m@x>`]);
    expect(world.seen('queue.message-entered')[0]).toMatchObject({
      queueId,
      recipients: 'bob@example.com\nx@y.example',
      messageId: '<m@x>',
    });
    expect(world.seen('queue.file-moved')[0]).toMatchObject({ queueId, from: '', to: 'incoming' });
  });

  test('survives a crash once it was acknowledged; unfinished ones do not', () => {
    const { world, queueId } = enter({ content: [received, 'Subject: x\r\n\r\nbody\r\n'] });
    world.machine(host).crash();
    expect(world.machine(host).disk.exists(`/var/spool/postfix/incoming/${queueId}`)).toBe(true);
    expect(world.machine(host).disk.list('/var/spool/postfix/incoming/.unfinished')).toEqual([]);
  });

  test('marks are appended: done recipients are left out, the warning is remembered', () => {
    const { world, queueId } = enter({
      content: [received, '\r\nbody\r\n'],
      to: ['a1@x.example', 'a2@x.example'],
    });
    const instance = makeInstance({
      parameters: makeParameters(new Map(), { hostName: host, addresses: [] }),
      addresses: [],
      cleanupOs: () => world.machine(host).os(),
      wake: () => {},
    });
    const queue = new InstanceQueue(world.machine(host).os(), instance);
    queue.markDone(queueId, 'incoming', 0);
    queue.markWarned(queueId, 'incoming');
    expect(queue.readEnvelope(queueId, 'incoming')).toMatchObject({
      warned: true,
      recipients: [{ index: 1, address: 'a2@x.example' }],
    });
    expect(
      queue
        .readContent(queueId, 'incoming')
        .map((piece) => utf8.decode(piece))
        .join(''),
    ).toBe(`${received}\r\nbody\r\n`);
    expect(queue.move(queueId, 'hold', 'active')).toBeNull();
  });

  test('a damaged file has no envelope', () => {
    const { world, queueId } = enter({ content: [received, '\r\nbody\r\n'] });
    const { disk } = world.machine(host);
    const path = `/var/spool/postfix/incoming/${queueId}`;
    const whole = disk.read(path)!;
    const instance = makeInstance({
      parameters: makeParameters(new Map(), { hostName: host, addresses: [] }),
      addresses: [],
      cleanupOs: () => world.machine(host).os(),
      wake: () => {},
    });
    const queue = new InstanceQueue(world.machine(host).os(), instance);
    for (let length = 0; length < whole.length; length++) {
      disk.write(path, whole.subarray(0, length));
      expect(queue.readEnvelope(queueId, 'incoming')).toBeNull();
    }
  });
});

describe('the header section', () => {
  test('a local client gets Message-Id, Date and From; Bcc and Return-Path go', () => {
    const { content, queueId } = enter({
      local: true,
      content: [received, 'Bcc: secret@x\r\n y@z\r\nSubject: hi\r\nReturn-Path: <r>\r\n\r\nbody\r\n'],
    });
    expect(content).toMatch(
      new RegExp(
        `^Received: [^]*Subject: hi\r\nMessage-Id: <20260303090000.${queueId}@mail.example.com>\r\nDate: Tue, +3 Mar 2026 09:00:00 \\+0000 \\(UTC\\)\r\nFrom: s@sender.example\r\n\r\nbody\r\n$`,
      ),
    );
    expect(content).not.toContain('secret');
  });

  test('a remote client gets nothing added, and the log says message-id=<>', () => {
    const { content, world, queueId } = enter({ content: [received, 'Subject: hi\r\n\r\nbody\r\n'] });
    expect(content).toBe(`${received}Subject: hi\r\n\r\nbody\r\n`);
    expect(world.logLines()).toEqual([`postfix/cleanup: ${queueId}: message-id=<>`]);
  });

  test.each([
    [['Subject: a\r\n b\r\n', '\r\n', 'body\r\n']],
    [['Sub', 'ject: a\r\n', ' b\r\n\r\nbody\r\n']],
    [['Subject: a\r\n b\r\n\r\nbody', '\r\n']],
    [['Subject: a\r', '\n b\r\n\r\nbody\r\n']],
  ])('however the pieces are cut: %j', (pieces) => {
    const { content, world } = enter({
      mainCf: 'always_add_missing_headers = yes',
      content: [received, ...pieces],
    });
    expect(content).toMatch(
      /Subject: a\r\n b\r\nMessage-Id: [^\r]*\r\nDate: [^\r]*\r\nFrom: [^\r]*\r\n\r\nbody\r\n$/,
    );
    expect(world.logLines()[0]).toContain('message-id=<2026');
  });

  test('a body without header gets an empty line first', () => {
    expect(enter({ content: [received, 'just text\r\nmore\r\n'] }).content).toBe(
      `${received}\r\njust text\r\nmore\r\n`,
    );
  });

  test('more than hopcount_limit Received fields: refused as a loop', () => {
    const { result, world, queueId } = enter({
      mainCf: 'hopcount_limit = 3',
      content: [received, `${received.repeat(4)}\r\nbody\r\n`],
    });
    expect(result).toEqual({ kind: 'refused', code: 554, dsn: '5.4.0', text: 'Error: too many hops' });
    expect(world.logLines()).toContain(
      `postfix/cleanup: warning: ${queueId}: message rejected: hopcount exceeded`,
    );
    expect(world.machine(host).disk.list('/var/spool/postfix/incoming')).toEqual([]);
  });
});

describe('the envelope', () => {
  const virtual = 'virtual_alias_maps = hash:/etc/postfix/virtual\n';
  const recipientsOf = (
    to: string[],
    extra = '',
    envelope: Partial<MailEnvelope> = {},
  ): string[] | CleanupResult => {
    const { envelope: entered, result } = enter({
      mainCf: virtual + extra,
      to,
      content: [received, '\r\nx\r\n'],
      envelope,
    });
    return entered === null
      ? result
      : entered.recipients.map(({ address, originalAddress }) => `${address} (${originalAddress})`);
  };

  test('aliases expand, with the original address kept', () => {
    expect(recipientsOf(['sales@example.com'])).toEqual([
      'bob@example.com (sales@example.com)',
      'carol@example.com (sales@example.com)',
    ]);
  });
  test('an address may expand into itself once', () => {
    expect(recipientsOf(['keep@example.com'])).toEqual([
      'keep@example.com (keep@example.com)',
      'bob@example.com (keep@example.com)',
    ]);
    expect(recipientsOf(['loop@example.com'])).toEqual(['loop@example.com (loop@example.com)']);
  });
  test('a circle and too large an expansion are refused for now', () => {
    const refused = { kind: 'refused', code: 451, dsn: '4.3.0', text: 'Error: queue file write error' };
    expect(recipientsOf(['a@example.com'])).toEqual(refused);
    expect(recipientsOf(['many@example.com'], 'virtual_alias_expansion_limit = 3')).toEqual(refused);
  });
  test('a table that does not answer refuses the message for now and says so', () => {
    const { result, world, queueId } = enter({
      mainCf: 'virtual_alias_maps = fail:x',
      content: [received, '\r\nx\r\n'],
    });
    expect(result).toMatchObject({ kind: 'refused', code: 451 });
    expect(world.logLines()).toContain(
      `postfix/cleanup: warning: ${queueId}: virtual_alias_maps map lookup problem for bob@example.com -- message not accepted, try again later`,
    );
  });
  test('no_address_mappings leaves addresses as they are', () => {
    expect(
      recipientsOf(['sales@example.com'], 'always_bcc = log@example.com', { noAddressMappings: true }),
    ).toEqual(['sales@example.com (sales@example.com)']);
  });
  test('what Postfix makes itself has no blind copies', () => {
    expect(recipientsOf(['carol'], 'always_bcc = log@example.com', { noCopies: true })).toEqual([
      'carol@mail.example.com (carol)',
    ]);
  });
  test('bare names are completed; bcc is added; the same recipient counts once', () => {
    expect(recipientsOf(['carol', 'carol'], 'always_bcc = log@example.com')).toEqual([
      'carol@mail.example.com (carol)',
      'log@example.com (log@example.com)',
    ]);
  });
  test('canonical maps change sender and recipient', () => {
    const { envelope } = enter({
      mainCf: 'canonical_maps = inline:{s@sender.example=new@example.com, bob@example.com=rob@example.com}',
      content: [received, '\r\nx\r\n'],
    });
    expect(envelope).toMatchObject({
      sender: 'new@example.com',
      recipients: [{ address: 'rob@example.com', originalAddress: 'bob@example.com' }],
    });
  });
  // Each line as Postfix 3.7.11 has it, see cleanup_masquerade(3): the first domain that matches decides.
  test.each([
    ['s@sender.example', 'sender.example', 's@sender.example'],
    ['s@host.Sender.example', 'sender.example', 's@sender.example'],
    ['s@a.x.sender.example', '!x.sender.example sender.example', 's@a.x.sender.example'],
    ['s@a.y.sender.example', '!x.sender.example sender.example', 's@sender.example'],
    ['s@a.b.sender.example', 'b.sender.example sender.example', 's@b.sender.example'],
    ['root@h.sender.example', 'sender.example\nmasquerade_exceptions = root', 'root@h.sender.example'],
    ['s@h.sender.example', 'sender.example\nmasquerade_classes = header_sender', 's@h.sender.example'],
    ['s@nosender.example', 'sender.example', 's@nosender.example'],
  ])('masquerading: %s with masquerade_domains = %s is %s', (sender, domains, shown) => {
    const { envelope } = enter({
      mainCf: `masquerade_domains = ${domains}`,
      sender,
      content: [received, '\r\nx\r\n'],
    });
    expect(envelope?.sender).toBe(shown);
  });
});

describe('addresses in the header', () => {
  const mainCf =
    'myorigin = example.com\nsender_canonical_maps = inline:{ {old@example.com = new@example.com} }\n' +
    'recipient_canonical_maps = inline:{ {typo@example.com = bob@example.com} }\n';
  const header =
    'From: "Old, Me" <old@example.com>\r\nTo: bob,\r\n\t<typo@example.com> (T)\r\nCc: x@y.example\r\n';
  const content = [`${received}${header}Message-Id: <1@x>\r\nDate: x\r\n\r\nold@example.com\r\n`];

  test('of local clients are completed and mapped, each by its class', () => {
    expect(enter({ content, mainCf, local: true }).content).toBe(
      content[0]!
        .replace('<old@', '<new@')
        .replace('To: bob,\r\n\t', 'To: bob@example.com, ')
        .replace('<typo@', '<bob@'),
    );
    const envelopeOnly = `${mainCf}sender_canonical_classes = envelope_sender\n`;
    expect(enter({ content, mainCf: envelopeOnly, local: true }).content).toContain('<old@example.com>');
  });
  test('of others stay as they are, and no_address_mappings only completes', () => {
    expect(enter({ content, mainCf }).content).toBe(content[0]);
    expect(enter({ content, mainCf, local: true, envelope: { noAddressMappings: true } }).content).toBe(
      content[0]!.replace('To: bob,\r\n\t', 'To: bob@example.com, '),
    );
  });
  test('a table that cannot be asked refuses the message for now', () => {
    const broken = 'sender_canonical_maps = fail:now\n';
    expect(enter({ content, mainCf: broken, local: true }).result).toMatchObject({
      kind: 'refused',
      code: 451,
    });
  });
});

describe('header checks', () => {
  const checks = 'header_checks = regexp:/etc/postfix/checks';
  const check = (subject: string): Entered =>
    enter({
      mainCf: checks,
      content: [received, `X-Old: 1\r\nX-New: v\r\nSubject: ${subject}\r\n\r\nx\r\n`],
    });

  test('REJECT', () => {
    const { result, world, queueId } = check('no thanks');
    expect(result).toEqual({ kind: 'refused', code: 550, dsn: '5.7.1', text: 'Spam subject' });
    expect(world.logLines()).toContain(
      `postfix/cleanup: ${queueId}: reject: header Subject: no thanks from c.example[192.0.2.9]; from=<s@sender.example> to=<bob@example.com> proto=ESMTP helo=<c>: 5.7.1 Spam subject`,
    );
  });
  test('HOLD puts the file into hold and wakes nobody', () => {
    const { result, world, woken } = check('hold it');
    expect(result.kind).toBe('ok');
    expect(woken).toBe(0);
    expect(world.seen('queue.file-moved')[0]).toMatchObject({ from: '', to: 'hold' });
  });
  test('DISCARD accepts and forgets', () => {
    const { result, world } = check('gone');
    expect(result.kind).toBe('ok');
    expect(world.seen('queue.message-entered')).toEqual([]);
  });
  test('IGNORE and REPLACE edit the header', () => {
    expect(check('fine').content).toBe(`${received}X-Newer: v\r\nSubject: fine\r\n\r\nx\r\n`);
  });
});
