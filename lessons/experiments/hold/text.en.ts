/**
 * text.en — the words of hold in English
 */
import type { ExperimentText } from '../../dsl/define-experiment.ts';

export const text: ExperimentText = {
  title: 'On hold',
  teaser: 'The host is back and the queue is flushed. Does the letter go?',
  sign: ['# postsuper -h ALL', 'postsuper: Placed on hold: 1 message', '# postqueue -f'],
  tries: [
    'The mail host of shop.example is down; a letter from Alice waits for it. An administrator puts all mail of her server on hold, to look at it in peace.',
    'Then the host comes back. The administrator flushes the queue: try everything, now.',
  ],
  question: 'What becomes of the letter?',
  outcomes: {
    flushed: 'It goes out with the flush',
    later: 'It goes out at the next scan of the queue',
    stays: 'It stays where it is',
  },
  why: [
    'The hold queue is a shelf that the queue manager never looks at: not on its rounds, and not on a flush. Time does not touch it either; a letter on hold does not expire.',
    'It leaves when somebody says so: postsuper -H releases it to be tried, postsuper -d deletes it. A filter rule with the action HOLD works the same way, which is why forgotten holds are found months later.',
  ],
  evidence: {
    held: 'The log: placed on hold',
    queue: 'The letter on the shelf',
    flush: 'The flush, which passed it by',
  },
  references: [
    { name: 'postsuper(1)', says: '-h puts on hold, -H releases; no delivery is attempted meanwhile.' },
    { name: 'qmgr(8)', says: 'The hold queue is for manual review and is not scanned.' },
  ],
  next: 'Go on in the sandbox: release the letter on the MTA desk, and see it go.',
};
