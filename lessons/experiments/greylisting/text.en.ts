/**
 * text.en — the words of greylisting in English
 */
import type { ExperimentText } from '../../dsl/define-experiment.ts';

export const text: ExperimentText = {
  title: 'Greylisting',
  teaser: 'The server says no to everybody it does not know. Does mail arrive?',
  sign: ['RCPT TO:<bob@grey.example>', '450 4.2.0 … Greylisted'],
  tries: [
    'The mail host of grey.example turns away every letter whose sender, recipient and sending host it has not seen together before: “try again later”. It remembers them, and takes the letter when it comes again after five minutes.',
    'Alice writes to bob@grey.example for the first time.',
  ],
  question: 'When does Bob get the letter?',
  outcomes: {
    'at-once': 'At once: Alice’s server asks a second time right away',
    minutes: 'After some minutes, and nobody has to do anything',
    returned: 'Not at all: Alice gets it back',
    never: 'Not at all: it is turned away each time',
  },
  why: [
    'A reply that begins with 4 means “not now”. Every real mail server keeps the letter and tries again; much of what sends spam does not bother. That is the whole trick.',
    'Alice’s server tries again after five minutes at the earliest, when the next scan of its queue comes by. By then the greylister has waited long enough. The second letter goes through at once: the three are known now.',
  ],
  evidence: {
    refused: 'The first try: 450, status=deferred',
    waits: 'The letter in the deferred queue',
    taken: 'The second try: accepted; see delay=',
    known: 'The second letter: accepted at the first try',
  },
  references: [
    { name: 'RFC 6647 §2', says: 'What greylisting is, and by what it knows a letter again.' },
    { name: 'RFC 5321 §4.5.4.1', says: 'A sender that gets a temporary refusal has to try again.' },
    {
      name: 'minimal_backoff_time',
      says: 'postconf(5): no sooner than this is a deferred letter tried again.',
    },
  ],
  next: 'Select the greylister and look at what it remembers; then write to somebody else there.',
};
