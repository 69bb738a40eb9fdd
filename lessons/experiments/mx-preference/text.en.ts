/**
 * text.en — the words of mx-preference in English
 */
import type { ExperimentText } from '../../dsl/define-experiment.ts';

export const text: ExperimentText = {
  title: 'MX by preference',
  teaser: 'Two mail hosts, 10 and 50: who gets the letter?',
  sign: ['@  MX  50  big', '@  MX  10  small'],
  tries: [
    'The domain shop.example has two mail hosts. In its zone, big stands first, with preference 50, and small comes second, with preference 10. Both run, and both would take the letter.',
    'Alice writes to bob@shop.example.',
  ],
  question: 'Who gets Alice’s letter?',
  outcomes: {
    big: 'big: 50 is more than 10',
    small: 'small: 10 is less than 50',
    both: 'Both get a copy',
  },
  why: [
    'The number of an MX record is a preference the way a queue has places: the lowest is served first. A sender tries the next one only when the one before cannot be reached or turns the letter away for the moment.',
    'The order in the zone says nothing: name servers may hand records out in any order.',
  ],
  evidence: {
    answer: 'The DNS answer: both records came, with their numbers',
    log: 'The log line of the delivery: relay=small',
  },
  references: [
    { name: 'RFC 5321 §5.1', says: 'Targets are sorted by preference, and lower numbers are preferred.' },
    { name: 'RFC 1035 §3.3.9', says: 'PREFERENCE is a 16-bit number; lower values come first.' },
  ],
  next: 'Cut the cable between mx.home and small, and send again: now big gets it.',
};
