// The check that mail is conserved finds each way of losing it.
import { expect, test } from 'vitest';

import * as ascii from '../../workers/bytes/ascii.ts';
import type { TraceEvent, TraceFact } from '../../workers/trace/event.ts';

import { AcknowledgedMail } from './acknowledged-mail.ts';

const queueId = 'ABC1';
const entered: TraceFact = {
  kind: 'queue.message-entered',
  queueId,
  sender: 'a@b',
  recipients: 'c@d\ne@f',
  bytes: 1,
  messageId: '<1>',
};
const moved = (from: '' | 'incoming' | 'active', to: '' | 'incoming' | 'active'): TraceFact => ({
  kind: 'queue.file-moved',
  queueId,
  from,
  to,
});
const ended: TraceFact = {
  kind: 'delivery.attempted',
  queueId,
  recipient: 'c@d',
  transport: 'smtp',
  relay: 'r',
  dsn: '2.0.0',
  status: 'sent',
  text: '',
};
const acknowledged: TraceFact = {
  kind: 'tcp.segment-sent', from: '192.0.2.1', fromPort: 25, to: '192.0.2.2', toPort: 9, seq: 0, ack: 0, flags: 0x18, window: 0,
  payload: ascii.encode(`250 2.0.0 Ok: queued as ${queueId}\r\n`),
}; // prettier-ignore
const logged = (text: string): TraceFact => ({
  kind: 'log.line-written',
  file: '',
  ident: 'postfix/smtpd',
  pid: 5,
  text,
});

function checked(facts: TraceFact[], exists = true): () => void {
  const events = facts.map((fact, i): TraceEvent => ({
    ...fact,
    id: i,
    at: i,
    hostIndex: 0,
    n: i,
    proc: 0,
    cause: 0,
  }));
  return () => new AcknowledgedMail(events).check(() => exists);
}

test.each([
  ['a 250 for what no queue had', [acknowledged], /which no queue ever had/],
  [
    'a file gone before all recipients ended',
    [entered, moved('', 'incoming'), ended, moved('incoming', '')],
    /1 of 2 recipients/,
  ],
  ['a queue id used twice', [entered, entered], /used twice/],
  ['a move from where it is not', [entered, moved('active', '')], /moves from active/],
] as const)('%s is found', (_, facts, message) => {
  expect(checked([...facts])).toThrow(message);
});

test('a file that the disk has not is found', () => {
  expect(checked([entered, moved('', 'incoming'), acknowledged], false)).toThrow(/not in incoming/);
  expect(checked([entered, moved('', 'incoming'), acknowledged])).not.toThrow();
});

test('mail delivered, or thrown away by a rule, is accounted for', () => {
  expect(
    checked([entered, moved('', 'incoming'), ended, ended, moved('incoming', ''), acknowledged]),
  ).not.toThrow();
  expect(checked([logged(`${queueId}: discard: header Subject: x`), acknowledged])).not.toThrow();
  expect(
    checked([logged('NOQUEUE: discard: MAIL from x'), logged(`${queueId}: client=x`), acknowledged]),
  ).not.toThrow();
});
