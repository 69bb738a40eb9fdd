/**
 * text.en — the words of no-mx in English
 */
import type { ExperimentText } from '../../dsl/define-experiment.ts';

export const text: ExperimentText = {
  title: 'No MX at all',
  teaser: 'A web server, no MX record. Can the domain get mail?',
  sign: ['@  A  203.0.113.80'],
  tries: [
    'The domain shop.example has a web server and no MX record: nobody ever said who takes its mail. On the web server a mail program happens to run, and it knows Bob.',
    'Alice writes to bob@shop.example.',
  ],
  question: 'What becomes of the letter?',
  outcomes: {
    returned: 'It comes back: without MX a domain has no mail',
    waits: 'It waits for an MX record to appear',
    delivered: 'It is delivered to the web server',
  },
  why: [
    'A domain without MX records is its own mail host, as if it had an MX record with preference 0 that names itself. Mail is older than MX records, and addresses from before them still have to work.',
    'So forgetting the MX does not turn mail off: it sends it to the web server. Turning mail off takes a null MX.',
  ],
  evidence: {
    mx: 'The first question: no MX record',
    a: 'The second: the address of the domain itself',
    log: 'The delivery: relay=shop.example',
  },
  references: [
    {
      name: 'RFC 5321 §5.1',
      says: 'With no MX records found, the address counts as an implicit MX of preference 0.',
    },
    {
      name: 'RFC 7505 §1',
      says: 'Domains that take no mail were tried at their address for days: hence the null MX.',
    },
  ],
  next: 'Compare with “Null MX”, where the same address is left alone.',
};
