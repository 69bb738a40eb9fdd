/**
 * text.en — the words of slow-destination in English
 */
import type { ExperimentText } from '../../dsl/define-experiment.ts';

export const text: ExperimentText = {
  title: 'A slow destination',
  teaser: 'One slow host, one full queue: who else has to wait?',
  sign: ['qmgr_message_active_limit = 20', 'slow.example     40 letters', 'quick.example     1 letter'],
  tries: [
    'Alice’s server has a small active queue: 20 messages. A newsletter goes out, 40 letters to slow.example, where each takes a minute and two may be delivered at a time.',
    'Just after that Alice writes to bob@quick.example, a host that answers at once.',
  ],
  question: 'When does Alice’s letter arrive?',
  outcomes: {
    'at-once': 'Within a minute: quick.example has nothing to do with the newsletter',
    late: 'After minutes: it waits behind the newsletter',
    returned: 'It comes back: the queue is full',
    deferred: 'Not at all: it is deferred',
  },
  why: [
    'The queue manager looks only at messages in the active queue, and only so many fit. Once it is full of letters for the slow host, everything else stays in incoming, also mail that could go at once. It gets in when one of the others leaves.',
    'The limit protects memory; the real one is 20,000. When a newsletter fills even that, a transport of its own for slow destinations, or a second server, keeps the rest moving.',
  ],
  evidence: {
    full: 'Alice’s letter in incoming: active is full',
    slow: 'What each letter to slow.example takes: see delay=',
    late: 'Alice’s letter at last: delay=, and most of it before qmgr took it in',
  },
  references: [
    { name: 'qmgr_message_active_limit', says: 'postconf(5): how many messages the active queue holds.' },
    {
      name: 'qmgr(8)',
      says: 'The active queue is small on purpose; the queue manager keeps only it in memory.',
    },
    { name: 'QSHAPE_README', says: 'The manual shows how a queue looks when one destination fills it.' },
  ],
  next: 'On the MTA desk, raise qmgr_message_active_limit in main.cf, and start it again.',
};
