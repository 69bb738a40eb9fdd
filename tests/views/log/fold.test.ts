import { describe, expect, test } from 'vitest';

import { linesAt, LogFold, partsOf } from '../../../src/views/log/fold.ts';
import type { TraceEvent } from '../../../workers/api.ts';

function line(n: number, hostIndex: number, text: string): TraceEvent {
  return {
    kind: 'log.line-written',
    file: '/var/log/mail.log',
    ident: 'postfix/smtp',
    pid: 7,
    text,
    id: hostIndex * 2 ** 32 + n,
    at: n * 1000,
    hostIndex,
    n,
    proc: 7,
    cause: 0,
  };
}

describe('the log', () => {
  const fold = new LogFold();
  fold.add(line(1, 0, '4BAB21E0C: from=<a@x>, size=1, nrcpt=1 (queue active)'));
  fold.add(line(2, 1, 'connect from unknown[192.0.2.1]'));
  fold.add(line(3, 0, '4BAB21E0C: to=<b@y>, relay=none, status=deferred (why)'));

  test('a cursor in the past shows only what was written by then', () => {
    expect(linesAt(fold, 2000, { host: -1, queueId: '', words: '' }, 10).lines.map(({ at }) => at)).toEqual([
      1000, 2000,
    ]);
  });
  test('a queue id is a thread', () => {
    expect(linesAt(fold, 9000, { host: -1, queueId: '4BAB21E0C', words: '' }, 10).total).toBe(2);
  });
  test('host and words filter, the limit keeps the newest', () => {
    expect(linesAt(fold, 9000, { host: 1, queueId: '', words: '' }, 10).lines).toHaveLength(1);
    expect(linesAt(fold, 9000, { host: -1, queueId: '', words: 'deferred' }, 10).lines[0]!.at).toBe(3000);
    expect(linesAt(fold, 9000, { host: -1, queueId: '', words: '' }, 1).lines[0]!.at).toBe(3000);
  });
  test('the parts of a line joined are the line, whatever it holds', () => {
    for (const text of [
      '4BAB21E0C: to=<b@y>, status=bounced (x)',
      'warning: <>',
      '',
      '<<a>> status=sent',
      'reject: RCPT',
    ])
      expect(
        partsOf(text)
          .map((part) => part.text)
          .join(''),
      ).toBe(text);
    expect(partsOf('4BAB21E0C: to=<b@y>, status=sent (ok)').map(({ role }) => role)).toEqual([
      'queue-id',
      'plain',
      'address',
      'plain',
      'sent',
      'plain',
    ]);
  });
});
