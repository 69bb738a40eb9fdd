import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import * as utf8 from '../../../workers/bytes/utf8.ts';
import {
  formatReport,
  wrapLine,
  type ReportKind,
  type ReportRecipient,
} from '../../../workers/protocols/dsn/report.ts';
import { parseDate } from '../../../workers/protocols/message/date.ts';

const recorded: [string, ReportKind][] = [
  ['bounce-550', 'failed'],
  ['delay-warning', 'delayed'],
  ['expired', 'failed'],
  ['host-not-found', 'failed'],
  ['lmtp-unknown-user', 'failed'],
  ['success', 'success'],
  ['two-recipients', 'failed'],
];

test.each(recorded)('the notification recorded as %s is made byte for byte', (name, kind) => {
  const text = readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
  const [, queueId, second] = /boundary="([^.]+)\.(\d+)\//.exec(text)!;
  const returnPath = text.indexOf('Return-Path:');
  const original = text.slice(text.indexOf('\n', returnPath) + 1, text.lastIndexOf('\n--'));
  const pieces = formatReport(
    {
      kind,
      reportingMta: 'mail.example.com',
      origin: 'example.com',
      queueId: queueId!,
      sender: 's@sender.example',
      postmaster: null,
      envelopeId: '',
      arrivedAt: parseDate(/Arrival-Date: (.*)/.exec(text)![1]!)!,
      recipients: recipientsOf(text),
      at: Number(second) * 1_000_000,
      retryUntil: parseDate(/Will-Retry-Until: (.*)/.exec(text)?.[1] ?? '') ?? 0,
      delayedHours: 0,
      lifetimeDays: 0,
    },
    [utf8.encode(original.replaceAll('\n', '\r\n'))],
    kind === 'failed',
  );
  const messageId = text.indexOf('Message-Id:');
  const wanted = text.slice(text.indexOf('From:'), messageId) + text.slice(text.indexOf('\n', messageId) + 1);
  const made = pieces.map((piece) => utf8.decode(piece)).join('');
  expect(made.replaceAll('\r\n', '\n').trimEnd()).toBe(wanted.trimEnd());
});

test('a word longer than a line stays whole', () => {
  const word = 'x'.repeat(100);
  expect(wrapLine(`a ${word} b`)).toEqual(['a', `    ${word}`, '    b']);
});

function recipientsOf(text: string): ReportRecipient[] {
  const blocks = text.matchAll(
    /Final-Recipient: rfc822; (.*)\nOriginal-Recipient: (.*)\nAction: (.*)\nStatus: (.*)\n(?:Remote-MTA: dns; (.*)\n)?Diagnostic-Code: (X-Postfix|smtp); (.*(?:\n {4}.*)*)/g,
  );
  return [...blocks].map(([, address, originalRecipient, action, status, remoteMta, type, diagnostic]) => ({
    address: address!,
    originalAddress: address!,
    originalRecipient: originalRecipient!,
    action: action as ReportRecipient['action'],
    status: status!,
    reason: new RegExp(`^<${address}>: (.*(?:\\n {4}.*)*)`, 'm').exec(text)![1]!.replace(/\n */g, ' '),
    remoteMta: remoteMta ?? '',
    diagnostic: type === 'smtp' ? diagnostic!.replace(/\n */g, ' ') : '',
  }));
}
