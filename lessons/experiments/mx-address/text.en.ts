/**
 * text.en — the words of mx-address in English
 */
import type { ExperimentText } from '../../dsl/define-experiment.ts';

export const text: ExperimentText = {
  title: 'MX to an IP address',
  teaser: 'A very common mistake. Does Postfix forgive it?',
  sign: ['@  MX  10  203.0.113.25.'],
  tries: [
    'An MX record names a host; the host’s address is a record of its own. Somebody at shop.example has written the address 203.0.113.25 straight into the MX record instead.',
    'Alice writes to bob@shop.example. Her server runs Postfix.',
  ],
  question: 'What does Alice’s server do?',
  outcomes: {
    returned: 'It returns the letter: the record is wrong',
    waits: 'It keeps the letter and waits for the record to be mended',
    silent: 'It delivers, and nobody notices',
    warned: 'It delivers, and grumbles in the log',
  },
  why: [
    'To the DNS, “203.0.113.25” is a name like any other: four labels. No such host exists, and a strict sender looks for it, finds nothing and gives the letter back.',
    'Postfix sees that the name is an address, warns in its log and uses it. So the mistake stays hidden until somebody writes from a stricter server: “but from there it works” proves nothing.',
  ],
  evidence: {
    answer: 'The DNS answer: an address where a host name belongs',
    warning: 'The warning in the log',
    log: 'The delivery: relay=203.0.113.25',
  },
  references: [
    { name: 'RFC 1035 §3.3.9', says: 'EXCHANGE is a domain name: the name of a host that handles mail.' },
    { name: 'RFC 5321 §5.1', says: 'The name in an MX record has to lead to address records.' },
  ],
  next: 'Look into the log of any mail server you run for “numeric domain name”.',
};
