/**
 * text.en — the words of null-mx in English
 */
import type { ExperimentText } from '../../dsl/define-experiment.ts';

export const text: ExperimentText = {
  title: 'Null MX',
  teaser: 'MX 0 “.”: a mail host without a name?',
  sign: ['@  MX  0  .'],
  tries: [
    'The domain quiet.example has one MX record: preference 0, and a single dot where the host name belongs. It also has an address, and at that address a mail server runs that knows Bob.',
    'Alice writes to bob@quiet.example.',
  ],
  question: 'What becomes of the letter?',
  outcomes: {
    delivered: 'It is delivered to the address of quiet.example',
    waits: 'It waits in the queue until there is a real MX',
    returned: 'It comes back to Alice at once',
  },
  why: [
    'A single MX record whose host is the root, “.”, is a notice: this domain takes no mail at all. A sender does not look at the address then, and does not wait either, since time will not help.',
    'So a mistyped address comes back within a second, not after five days of trying.',
  ],
  evidence: {
    answer: 'The DNS answer: “0 .”, and no address was asked for',
    log: 'The log line: status=bounced, with the code 5.1.0',
    report: 'The report that went back to Alice',
  },
  references: [
    {
      name: 'RFC 7505 §3',
      says: 'One MX record, preference 0 and the root as its host, says: no mail here.',
    },
    { name: 'RFC 7505 §4', says: 'Mail to such a domain fails for good and at once.' },
  ],
  next: 'Look at the experiment “No MX at all”: there the address does count.',
};
