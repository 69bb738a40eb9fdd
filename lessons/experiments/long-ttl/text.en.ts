/**
 * text.en — the words of long-ttl in English
 */
import type { ExperimentText } from '../../dsl/define-experiment.ts';

export const text: ExperimentText = {
  title: 'TTL too long',
  teaser: 'The server moved and the zone is right. Why is mail late?',
  sign: ['mx  86400  A  203.0.113.25', 'mx    300  A  203.0.113.26'],
  tries: [
    'The mail host of shop.example has an address record with a TTL of a day. Alice writes to Bob, and it arrives. A minute later the host moves to a new address: the zone is changed at once and the old machine is switched off.',
    'A minute after that Alice writes again.',
  ],
  question: 'When does the second letter arrive?',
  outcomes: {
    'at-once': 'At once: the zone is right',
    minutes: 'After a few minutes: the new record has a TTL of 300',
    day: 'After a day',
    returned: 'Never: it comes back',
  },
  why: [
    'The resolver asked for the address just before the move and was told: good for 86,400 seconds. It does not ask again before that time is over, whatever the zone says by then. The TTL that counts is the one that was handed out, not the one that replaced it.',
    'The letter is not lost: it waits, and the server tries again and again at a dead address. Who plans a move lowers the TTL a day ahead.',
  ],
  evidence: {
    first: 'The first lookup: the address, good for a day; see the cache below it',
    old: 'After the move: the old address is tried, in vain',
    waits: 'The letter in the deferred queue',
    new: 'A day later: the resolver asks anew, and the letter arrives',
  },
  references: [
    {
      name: 'RFC 1035 §3.2.1',
      says: 'TTL: how many seconds a record may be kept before its source should be asked again.',
    },
    {
      name: 'RFC 1034 §3.6',
      says: 'When a change is planned, lower the TTL beforehand, and raise it again after.',
    },
  ],
  next: 'Look at the bars of the cache in the DNS view while the clock runs.',
};
