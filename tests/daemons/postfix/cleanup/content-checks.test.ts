/**
 * Header and body checks inside MIME parts and attached messages; content-checks.json holds what Postfix 3.7.11
 * did with the same messages and the same tables.
 */
import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import * as utf8 from '../../../../workers/bytes/utf8.ts';
import { makeParameters, parseMainCf } from '../../../../workers/daemons/postfix/main-cf.ts';
import { makeInstance } from '../../../../workers/daemons/postfix/master/make-instance.ts';
import { InstanceQueue } from '../../../../workers/daemons/postfix/qmgr/instance-queue.ts';
import { TestWorld } from '../../../simulate.ts';

import { plainEnvelope } from './plain-envelope.ts';

const host = 'mail.example.com';

interface Recorded {
  title: string;
  content: string;
  /** '' = accepted */
  reply: string;
  /** of cleanup, without message-id */
  log: string[];
  /** null = nothing was */
  delivered: string | null;
}
const recorded = JSON.parse(readFileSync(new URL('content-checks.json', import.meta.url), 'utf8')) as {
  header_checks: string;
  body_checks: string;
  cases: Recorded[];
};

interface Entered {
  reply: string;
  log: string[];
  delivered: string | null;
}

function enter(content: string, mainCf: string, pieceBytes = 1e9): Entered {
  const files = {
    '/etc/postfix/header': recorded.header_checks,
    '/etc/postfix/body': recorded.body_checks,
    '/etc/postfix/any': '/^X-Any/ WARN any\n/^Content-/ WARN content\n/^MIME-/ WARN version\n',
  };
  const world = new TestWorld([{ name: host, address: '192.0.2.1', boot: () => {}, files }]);
  const instance = makeInstance({
    parameters: makeParameters(parseMainCf(mainCf).values, { hostName: host, addresses: ['192.0.2.1'] }),
    addresses: ['192.0.2.1'],
    cleanupOs: () => world.machine(host).os(),
    wake: () => {},
  });
  const bytes = utf8.encode(content.replaceAll('\n', '\r\n'));
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
  const { result, queueId } = world.call(host, function* (os) {
    const stream = instance.openCleanup(os, plainEnvelope(os.now()));
    const address = 'bob@example.com';
    stream.addRecipient({ address, originalAddress: address, dsnOriginalRecipient: '', notify: '' });
    return { result: yield* stream.finish(pieces), queueId: stream.queueId };
  });
  const from = 'from c.example[192.0.2.9]; from=<s@sender.example> to=<bob@example.com> proto=ESMTP helo=<c>';
  const prefix = `postfix/cleanup: ${queueId}: `;
  const log = world
    .logLines()
    .filter((line) => line.startsWith(prefix) && !line.includes(': message-id='))
    .map((line) => line.slice(prefix.length).replace(from, '{from}'));
  if (result.kind !== 'ok')
    return { reply: `${result.code} ${result.dsn} ${result.text}`, log, delivered: null };
  const queue = new InstanceQueue(world.machine(host).os(), instance);
  if (queue.list('incoming').length === 0) return { reply: '', log, delivered: null };
  const kept = queue.readContent(queueId, 'incoming').map((piece) => utf8.decode(piece));
  return { reply: '', log, delivered: kept.join('').replaceAll('\r\n', '\n') };
}

const checks = 'header_checks = pcre:/etc/postfix/header\nbody_checks = pcre:/etc/postfix/body\n';

describe('as recorded from the real one:', () => {
  test.each(recorded.cases)('$title', ({ content, reply, log, delivered }) => {
    expect(enter(content, checks)).toEqual({ reply, log, delivered });
  });
  test.each(recorded.cases)('$title, in small pieces', ({ content, reply, log, delivered }) => {
    expect(enter(content, checks, 50)).toEqual({ reply, log, delivered });
  });
});

const attached =
  'X-Any: 1\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n' +
  '--b\nX-Any: 2\nContent-Type: message/rfc822\n\nX-Any: 3\nContent-Id: <x>\n\nX-Any: 4\n--b--\n';

describe('the table that is asked', () => {
  const said = (mainCf: string): string[] =>
    enter(attached, mainCf).log.map((line) => /header (.*?) \{from\}/.exec(line)![1]!);

  test('is mime_header_checks for fields of parts, and for MIME fields wherever they stand', () => {
    expect(said('mime_header_checks = pcre:/etc/postfix/any\n')).toEqual([
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      'X-Any: 2',
      'Content-Type: message/rfc822',
      'Content-Id: <x>',
    ]);
  });
  test('is nested_header_checks for those of an attached message', () => {
    expect(said('nested_header_checks = pcre:/etc/postfix/any\n')).toEqual(['X-Any: 3']);
  });
  test('is header_checks for the message alone when the others are empty', () => {
    const others = 'mime_header_checks =\nnested_header_checks =\n';
    expect(said(`header_checks = pcre:/etc/postfix/any\n${others}`)).toEqual(['X-Any: 1']);
  });
  test('is none behind the header with disable_mime_input_processing', () => {
    const off = 'disable_mime_input_processing = yes\n';
    expect(said(`header_checks = pcre:/etc/postfix/any\n${off}`)).toEqual([
      'X-Any: 1',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
    ]);
  });
});

describe('mime_nesting_limit', () => {
  const nested = (depth: number): string => {
    const type = (i: number): string => `Content-Type: multipart/mixed; boundary=z${i}q\n\n`;
    let text = `Subject: s\n${type(0)}`;
    for (let i = 1; i < depth; i++) text += `--z${i - 1}q\n${type(i)}`;
    return text;
  };

  test('refuses what is nested two deeper than it says, at the end', () => {
    expect(enter(nested(102), checks).reply).toBe('');
    const { reply, log } = enter(nested(103), checks);
    expect(reply).toBe('550 5.6.0 MIME nesting exceeds safety limit');
    expect(log).toContain(
      'reject: mime-error MIME nesting exceeds safety limit: Content-Type: multipart/mixed; boundary=z102q from c.example[192.0.2.9]; from=<s@sender.example> to=<bob@example.com>',
    );
  });
  test('does not bound messages in messages', () => {
    const content = `${'Content-Type: message/rfc822\n\n'.repeat(5000)}X-Old: deep\n\n`;
    expect(enter(content, checks).delivered).toContain('X-New: deep');
  });
});
