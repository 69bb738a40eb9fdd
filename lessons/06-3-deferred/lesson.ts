/**
 * 6.3 Deferred and back-off — say when a waiting letter is tried next, and when Postfix gives up
 */
import { all, inOrder, saw, type Check } from '../dsl/check.ts';
import { defineLesson } from '../dsl/define-lesson.ts';
import { queued, ran, saved, typed } from '../dsl/sights.ts';
import { twoIslands } from '../worlds/two-islands/world.ts';

import { alternatives, cable, cut, host, send, solution, wrong } from './solution.ts';

const closed: Check = saw('link.changed', (e) => e.host === host && e.to === cable[1] && e.fault !== '');
const sent: Check = saw('mua.message-submitted', (e) => e.host === 'ws-alice.far.example');
const waits: Check = queued(host, 'deferred');
/** A try that failed and left the letter in the queue. */
const tried = (times: number): Check =>
  saw('delivery.attempted', (e) => e.host === host && e.status === 'deferred', times);
const returned: Check = saw(
  'mailbox.message-appended',
  (e) => e.host === host && e.sender === '' && e.mailbox.startsWith('alice'),
);
const shorter: Check = saved(host, '/etc/postfix/main.cf', /^maximal_backoff_time *= *(\d{1,3}s?|1?\dm)$/m);
const anySaved: Check = saved(host, '/etc/postfix/main.cf', /./);
const reloaded: Check = ran(host, /postfix +reload/);
const opened: Check = saw('link.changed', (e) => e.host === host && e.to === cable[1] && e.fault === '');

export const lesson = defineLesson({
  id: '6.3',
  title: 'Deferred and back-off',
  minutes: 12,
  world: twoIslands,
  beats: [
    {
      id: 'cut',
      highlight: cable,
      view: 'queues',
      tasks: [
        {
          id: 'waits',
          check: inOrder(closed, all(sent, waits)),
          parts: [
            { id: 'closed', check: closed },
            { id: 'sent', check: inOrder(closed, sent) },
            { id: 'deferred', check: inOrder(closed, waits) },
          ],
          feedback: [
            { when: sent, say: 'sent-before-cut' },
            { when: closed, say: 'cut-not-sent' },
          ],
          doIt: [cut, send],
        },
      ],
    },
    {
      id: 'guess',
      today: 'doubling',
      prediction: { id: 'how-long', options: ['same', 'double', 'age'], answer: 'age' },
    },
    {
      id: 'rule',
      highlight: [host],
      tasks: [
        {
          id: 'next-try',
          quiz: {
            rows: ['two', 'twenty', 'hour', 'three'],
            options: ['s300', 'm20', 'h1', 's4000', 'h3'],
            answers: { two: 's300', twenty: 'm20', hour: 'h1', three: 's4000' },
          },
        },
      ],
    },
    {
      id: 'change',
      highlight: [host],
      view: 'mta',
      tasks: [
        {
          id: 'shorter',
          check: inOrder(shorter, reloaded, tried(1)),
          parts: [
            { id: 'set', check: shorter },
            { id: 'reloaded', check: inOrder(shorter, reloaded) },
            { id: 'tried', check: inOrder(shorter, reloaded, tried(1)) },
          ],
          feedback: [
            { when: anySaved, say: 'other-value' },
            { when: shorter, say: 'not-reloaded' },
            { when: inOrder(shorter, reloaded), say: 'reloaded-wait' },
          ],
          doIt: [...typed(host, 'postconf -e maximal_backoff_time=600s', 'postfix reload'), { waitS: 4500 }],
        },
      ],
    },
    {
      id: 'end',
      highlight: [host, 'ws-alice.far.example'],
      prediction: { id: 'gives-up', options: ['tries', 'days', 'never'], answer: 'days' },
      tasks: [
        {
          id: 'returned',
          check: returned,
          feedback: [{ when: opened, say: 'mended' }],
          doIt: [{ waitS: 5 * 86_400 + 8000 }],
        },
      ],
    },
  ],
  references: ['qmgr(8)', 'postconf(5)', 'smtp'],
  solution,
  alternatives,
  wrong,
});
