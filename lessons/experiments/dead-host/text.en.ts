/**
 * text.en — the words of dead-host in English
 */
import type { ExperimentText } from '../../dsl/define-experiment.ts';

export const text: ExperimentText = {
  title: 'Dead host',
  teaser: 'Five letters wait for a host that is silent. What about the sixth?',
  sign: ['connect to mx.shop.example:', '         Connection timed out'],
  tries: [
    'Every packet to the mail host of shop.example vanishes: no refusal, no answer. Alice writes five letters to Bob; for each one her server waits 30 seconds for a connection and gives up.',
    'A minute after the first, Alice writes to Bill, who is at shop.example too.',
  ],
  question: 'What does her server do with the letter to Bill?',
  outcomes: {
    tries: 'It tries to connect, and gives up after 30 seconds',
    returned: 'It returns it: that host is dead',
    spared: 'It puts it aside at once, without trying',
  },
  why: [
    'The queue manager keeps count for each destination. After a series of failures in which nobody got through, it calls the destination dead for a while and defers every letter for it unseen. The log says so: delivery temporarily suspended, with the reason of the last real attempt.',
    'Without that, every letter for a dead host would hold up a delivery process for 30 seconds, and mail for everybody else would queue behind them.',
  ],
  evidence: {
    timeout: 'The first five: 30 seconds each, then timed out',
    spared: 'The sixth: deferred within a second, “temporarily suspended”',
    queue: 'All six in the deferred queue',
  },
  references: [
    {
      name: 'default_destination_concurrency_failed_cohort_limit',
      says: 'postconf(5): how many rounds of failures make a destination dead.',
    },
    { name: 'minimal_backoff_time', says: 'postconf(5): for how long it stays so before it is tried again.' },
    { name: 'SCHEDULER_README', says: 'The manual of the scheduler: how concurrency grows and shrinks.' },
  ],
  next: 'Mend the cable, then flush the queue on the MTA desk.',
};
