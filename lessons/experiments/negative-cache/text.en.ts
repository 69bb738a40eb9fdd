/**
 * text.en — the words of negative-cache in English
 */
import type { ExperimentText } from '../../dsl/define-experiment.ts';

export const text: ExperimentText = {
  title: 'Negative cache',
  teaser: 'The record is there now. Why does the sender say “not found”?',
  sign: ['lab.shop.example  NXDOMAIN', 'lab  MX  10  mx   (a minute later)'],
  tries: [
    'A new department of shop.example shall have its own addresses, in lab.shop.example. Alice is too quick: she writes before the record exists, and her letter comes back.',
    'A minute later the record is in the zone. Another minute later Alice writes again.',
  ],
  question: 'What becomes of the second letter?',
  outcomes: {
    delivered: 'It arrives: the record is there',
    waits: 'It waits until the DNS has caught up',
    returned: 'It comes back again: “Host not found”',
  },
  why: [
    '“There is no such name” is an answer too, and a resolver keeps it. For how long is written in the zone, in the last field of its SOA record: here 900 seconds. Until then nobody asks the name server, so nobody sees the new record.',
    'The third letter, after that time, gets through. Who creates a name should create it before anybody asks for it.',
  ],
  evidence: {
    first: 'The first lookup: no such name; see the hollow entry in the cache',
    cached: 'The second letter: bounced, though the zone is right by now',
    third: 'After 900 seconds the resolver asks again and gets the MX',
    log: 'The third letter is delivered',
  },
  references: [
    {
      name: 'RFC 2308 §5',
      says: 'Negative answers are cached for the smaller of the SOA’s TTL and its MINIMUM.',
    },
    { name: 'RFC 1035 §3.3.13', says: 'The SOA record and its fields; MINIMUM is the last.' },
  ],
  next: 'Compare with “TTL too long”: the same, for an answer that is there.',
};
