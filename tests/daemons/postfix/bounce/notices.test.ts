// Notices to senders and postmasters, recorded from Postfix 3.7.11, against ours in the same scenario. A file
// called as a scenario of tests/conformance/queue has all the notices of that scenario; the others have one each.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { playQueueScenario, type QueueScenario } from '../../../../workers/node/queue-host.ts';
import { mask } from '../../../commands/mask.ts';

const notices = path.join(import.meta.dirname, 'notices');
const scenarios = path.resolve('tests/conformance/queue');

// A mail as "sender recipients" and its text, masked. An arrival by the clock of another run says other times.
function comparable(mail: { from: string; rcpt: readonly string[]; body: string }): string {
  const body = mail.body.replace(/\r\n/g, '\n').replace(/\n*$/, '\n');
  return mask(`from=<${mail.from}> to=${mail.rcpt.join(',')}\n${body}`);
}

function recorded(name: string): string[] {
  const text = readFileSync(path.join(notices, `${name}.txt`), 'utf8');
  return text
    .split(/^(?==== )/m)
    .map((mail) => {
      const [, from, rcpt] = /^=== .* from=<(.*?)> to=(\S*)\n/.exec(mail)!;
      return comparable({ from: from!, rcpt: rcpt!.split(','), body: mail.slice(mail.indexOf('\n') + 1) });
    })
    .sort();
}

function noticesOf(scenario: QueueScenario): string[] {
  return playQueueScenario(scenario)
    .far.filter((event) => event.event === 'message')
    .map(({ from, rcpt, body }) => ({ from: from as string, rcpt: rcpt as string[], body: body as string }))
    .filter(({ from }) => from === '' || from.startsWith('double-bounce@'))
    .map(comparable)
    .sort();
}

function readScenario(name: string): QueueScenario {
  return JSON.parse(readFileSync(path.join(scenarios, `${name}.json`), 'utf8')) as QueueScenario;
}

// One message to one far end that answers RCPT with `reply`.
function refused(reply: string, changes: Partial<QueueScenario> = {}): QueueScenario {
  return {
    id: 'notice',
    title: '',
    params: { minimal_backoff_time: '4s', maximal_backoff_time: '20s', queue_run_delay: '2s' },
    dns: {
      'a.example': { MX: ['10 mx.a.example'] },
      'mx.a.example': { A: ['127.0.1.11'] },
      'hard.example': { MX: ['10 mx.hard.example'] },
      'mx.hard.example': { A: ['127.0.1.14'] },
      'sender.example': { MX: ['10 mx.sender.example'] },
      'mx.sender.example': { A: ['127.0.1.50'] },
    },
    farEnd: [
      { listen: '127.0.1.11', name: 'mx.a.example', rules: [{ at: 'rcpt', reply }] },
      { listen: '127.0.1.50', name: 'mx.sender.example' },
    ],
    arrivals: [{ at: 1.2, label: 'm1', from: 's@sender.example', to: ['u@a.example'] }],
    runFor: 6,
    ...changes,
  };
}

const mailboxBusy = '450 4.2.1 mailbox busy';
const userUnknown = 'Recipient address rejected: User unknown in virtual mailbox table';
const single: Record<string, QueueScenario> = {
  'bounce-550': refused('550 5.1.1 <u@a.example>: Recipient address rejected: User unknown'),
  'delay-warning': readScenario('q15'),
  expired: refused(mailboxBusy, {
    params: { ...refused('').params, maximal_queue_lifetime: '60s', bounce_queue_lifetime: '60s' },
    runFor: 70,
  }),
  'force-expired': refused(mailboxBusy, {
    operations: [
      { at: 2, cmd: 'postsuper -e {QID:m1}' },
      { at: 3, cmd: 'postqueue -f' },
    ],
  }),
  'host-not-found': refused('', {
    arrivals: [{ at: 1.2, label: 'm1', from: 's@sender.example', to: ['u@nx.example'] }],
  }),
  'lmtp-unknown-user': readScenario('q28'),
  success: readScenario('q38'),
  'two-recipients': refused('', {
    farEnd: [
      { listen: '127.0.1.50', name: 'mx.sender.example' },
      {
        listen: '127.0.1.14',
        name: 'mx.hard.example',
        rules: [
          { at: 'rcpt', match: 'spam', reply: '554 5.7.1 Message rejected as spam by policy' },
          { at: 'rcpt', match: 'nobody', reply: `550 5.1.1 <nobody@hard.example>: ${userUnknown}` },
        ],
      },
    ],
    arrivals: [
      {
        at: 1.2,
        label: 'hard',
        from: 's@sender.example',
        to: ['nobody@hard.example', 'spam@hard.example'],
        subject: 'message hard',
        size: 400,
      },
    ],
  }),
};

describe('notices are what Postfix sent', () => {
  test.each(readdirSync(notices).map((file) => path.basename(file, '.txt')))('%s', (name) => {
    const scenario = single[name];
    if (scenario === undefined) expect(noticesOf(readScenario(name))).toEqual(recorded(name));
    else expect(noticesOf(scenario)).toContain(recorded(name)[0]);
  });
});
