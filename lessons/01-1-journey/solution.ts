/**
 * solution — how lesson 1.1 is solved, another way, and two ways that must not count
 */
import { saw } from '../dsl/check.ts';
import type { InputCommand, Step, WrongRun } from '../dsl/define-lesson.ts';

const cable: [string, string] = ['mx.far.example', 'mta1.acme.example'];

function send(to: string): InputCommand {
  return {
    kind: 'mua.send',
    host: 'ws-alice.far.example',
    user: 'alice@far.example',
    to,
    subject: 'Hello Bob!',
    text: 'Hello Bob!',
  };
}
const open: InputCommand = {
  kind: 'mua.fetch',
  host: 'ws-bob.acme.example',
  user: 'bob@acme.example',
  uid: 1,
};
const arrived = saw('mailbox.message-appended', (e) => e.mailbox.startsWith('bob'));
const deferred = saw('queue.file-moved', (e) => e.host === 'mx.far.example' && e.to === 'deferred');
const fetched = saw('mua.message-fetched');
const returned = saw('mailbox.message-appended', (e) => e.host === 'mx.far.example');

const firstHalf: Step[] = [
  { do: send('bob@acme.example') },
  { until: arrived, withinS: 30 },
  { do: open },
  { until: fetched, withinS: 30 },
  { answer: 'mx', to: 'where-waits' },
];

export const solution: Step[] = [
  ...firstHalf,
  { do: { kind: 'link.set', between: cable, fault: 'down' } },
  { do: send('bob@acme.example') },
  { until: deferred, withinS: 120 },
  { do: { kind: 'link.set', between: cable, fault: '' } },
  { until: arrived, withinS: 1200 },
];

export const alternatives: { name: string; steps: Step[] }[] = [
  {
    name: 'stops the receiving host instead of cutting the cable, guesses wrong, and flushes the queue',
    steps: [
      ...firstHalf.slice(0, -1),
      { answer: 'lost', to: 'where-waits' },
      { do: { kind: 'host.stop', host: 'mta1.acme.example' } },
      { do: send('bob@acme.example') },
      { until: deferred, withinS: 300 },
      { do: { kind: 'host.start', host: 'mta1.acme.example' } },
      { waitS: 2 },
      { do: { kind: 'queue.flush', host: 'mx.far.example' } },
      { until: arrived, withinS: 1200 },
    ],
  },
  {
    name: 'crashes the receiving host in the night and lets time mend it',
    steps: [
      ...firstHalf,
      { do: { kind: 'host.crash', host: 'mta1.acme.example' } },
      { do: send('sales@acme.example') },
      { until: deferred, withinS: 300 },
      { waitS: 3600 },
      { do: { kind: 'host.start', host: 'mta1.acme.example' } },
      { until: arrived, withinS: 5000 },
    ],
  },
];

export const wrong: WrongRun[] = [
  {
    name: 'sends before the cable is cut',
    steps: [...firstHalf, { do: send('bob@acme.example') }, { waitS: 60 }],
    open: 'waits',
    says: 'sent-before-cut',
  },
  {
    name: 'writes to somebody who is not there',
    steps: [{ do: send('bobby@acme.example') }, { until: returned, withinS: 60 }],
    open: 'arrives',
    says: 'came-back',
  },
  {
    name: 'cuts the cable and waits, but sends nothing',
    steps: [...firstHalf, { do: { kind: 'link.set', between: cable, fault: 'down' } }, { waitS: 600 }],
    open: 'waits',
    says: 'cut-not-sent',
  },
];
