/**
 * solution — how lesson 6.3 is solved, two other ways, and four that must not count
 */
import { saw } from '../dsl/check.ts';
import type { InputCommand, Step, WrongRun } from '../dsl/define-lesson.ts';
import { letter, queued, types } from '../dsl/sights.ts';

export const host = 'mx.far.example';
export const cable: [string, string] = [host, 'mta1.acme.example'];
export const cut: InputCommand = { kind: 'link.set', between: cable, fault: 'down' };
export const send = letter(
  { host: 'ws-alice.far.example', address: 'alice@far.example' },
  'bob@acme.example',
);

const deferred = queued(host, 'deferred');
const tried = (times: number) =>
  saw('delivery.attempted', (e) => e.host === host && e.status === 'deferred', times);
const returned = saw('mailbox.message-appended', (e) => e.host === host && e.sender === '');
const rule = { two: 's300', twenty: 'm20', hour: 'h1', three: 's4000' };
const week = 7 * 86_400;

const waiting: Step[] = [{ do: cut }, { do: send }, { until: deferred, withinS: 300 }];
const upToRule: Step[] = [
  ...waiting,
  { answer: 'double', to: 'how-long' },
  { until: tried(4), withinS: 6000 },
  { fill: rule, quiz: 'next-try' },
];

export const solution: Step[] = [
  ...upToRule,
  ...types(host, 'postconf -e maximal_backoff_time=10m', 'postfix reload'),
  { until: tried(1), withinS: 5000 },
  { answer: 'tries', to: 'gives-up' },
  { until: returned, withinS: week },
];

export const alternatives: { name: string; steps: Step[] }[] = [
  {
    name: 'lets a cable swallow everything, flushes by hand, and reloads with a longer command',
    steps: [
      { do: { kind: 'link.set', between: cable, fault: 'blackhole' } },
      { do: send },
      { until: deferred, withinS: 600 },
      { answer: 'age', to: 'how-long' },
      { do: { kind: 'queue.flush', host } },
      { until: tried(4), withinS: 9000 },
      { fill: { ...rule, two: 'm20' }, quiz: 'next-try' },
      { fill: rule, quiz: 'next-try' },
      ...types(host, 'postconf -e "maximal_backoff_time = 900s" && postfix check; /usr/sbin/postfix reload'),
      { until: tried(1), withinS: 5000 },
      { answer: 'days', to: 'gives-up' },
      { until: returned, withinS: week },
    ],
  },
  {
    name: 'sends two letters and shortens the lifetime as well',
    steps: [
      { do: cut },
      { do: send },
      { do: send },
      { until: deferred, withinS: 300 },
      { answer: 'same', to: 'how-long' },
      { until: tried(4), withinS: 6000 },
      { fill: rule, quiz: 'next-try' },
      ...types(host, 'postconf -e maximal_backoff_time=600 maximal_queue_lifetime=1d', 'postfix reload'),
      { until: tried(1), withinS: 5000 },
      { answer: 'days', to: 'gives-up' },
      { until: returned, withinS: week },
    ],
  },
];

export const wrong: WrongRun[] = [
  {
    name: 'sends before the cable is cut',
    steps: [{ do: send }, { waitS: 30 }, { do: cut }, { waitS: 30 }],
    open: 'waits',
    says: 'cut-not-sent',
  },
  {
    name: 'thinks the wait is always 300 s',
    steps: [
      ...waiting,
      { answer: 'same', to: 'how-long' },
      { until: tried(4), withinS: 6000 },
      { fill: { two: 's300', twenty: 's300', hour: 's300', three: 's300' }, quiz: 'next-try' },
    ],
    open: 'next-try',
    says: 'twenty',
  },
  {
    name: 'changes main.cf and does not reload',
    steps: [...upToRule, ...types(host, 'postconf -e maximal_backoff_time=600s'), { waitS: 600 }],
    open: 'shorter',
    says: 'not-reloaded',
  },
  {
    name: 'mends the cable before the end',
    steps: [
      ...upToRule,
      ...types(host, 'postconf -e maximal_backoff_time=600s', 'postfix reload'),
      { until: tried(1), withinS: 5000 },
      { answer: 'days', to: 'gives-up' },
      { do: { kind: 'link.set', between: cable, fault: '' } },
      { waitS: week },
    ],
    open: 'returned',
    says: 'mended',
  },
];
