/**
 * text.en — the words of bounce-of-a-bounce in English
 */
import type { ExperimentText } from '../../dsl/define-experiment.ts';

export const text: ExperimentText = {
  title: 'Bounce of a bounce',
  teaser: 'A report to a sender who does not exist. And then?',
  sign: ['from=<ghost@shop.example>', '  to=<nobody@shop.example>'],
  tries: [
    'A program on Alice’s server sends a letter to nobody@shop.example, who does not exist, in the name of ghost@shop.example, who does not exist either.',
    'The letter is refused, so a report goes to the sender. The report is refused as well.',
  ],
  question: 'What becomes of the report?',
  outcomes: {
    'ping-pong': 'It gets a report of its own, and so on for ever',
    postmaster: 'The postmaster gets it',
    waits: 'It waits in the queue and is tried for five days',
    dropped: 'It is thrown away, and nobody hears of it',
  },
  why: [
    'A report is sent from the empty address, <>, and a letter from <> must never be reported on: that is the whole protection against reports about reports. When it fails, it is over.',
    'Postfix can tell the postmaster, if notify_classes has 2bounce; by default it does not. Only the log knows. Spam with forged senders makes thousands of such dead reports, which is why servers should refuse letters at once instead of returning them later.',
  ],
  evidence: {
    first: 'The letter is refused: no such user',
    report: 'The report: from <>, to ghost',
    second: 'The report is refused, too',
    gone: 'It is removed, and nothing follows',
  },
  references: [
    { name: 'RFC 5321 §4.5.5', says: 'Reports carry a null reverse-path, and no report is sent about them.' },
    {
      name: 'notify_classes',
      says: 'postconf(5): what the postmaster is told of; 2bounce is not among the default.',
    },
  ],
  next: 'Add 2bounce to notify_classes in main.cf and try again: now the postmaster’s mailbox has it.',
};
