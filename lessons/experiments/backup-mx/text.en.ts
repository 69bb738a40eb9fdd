/**
 * text.en — the words of backup-mx in English
 */
import type { ExperimentText } from '../../dsl/define-experiment.ts';

export const text: ExperimentText = {
  title: 'Backup MX',
  teaser: 'The mail host is down, the backup is up. Is the mail delivered?',
  sign: ['@  MX  10  main     (down)', '@  MX  20  backup'],
  tries: [
    'The domain shop.example has a mail host, main, and a backup with a higher number. Somebody has just stopped main; it will be back in some minutes.',
    'Alice writes to bob@shop.example.',
  ],
  question: 'Where is the letter a few minutes later?',
  outcomes: {
    home: 'In the queue of Alice’s server',
    mailbox: 'In a mailbox on backup: Bob can read it there',
    backup: 'In the queue of backup',
    returned: 'Back with Alice',
  },
  why: [
    'The sender tries main, gets no answer, and goes on to the next number. For Alice’s server the letter is delivered then: its log says sent.',
    'But backup has no mailboxes. It may only pass mail on, to a host with a lower number than its own, so the letter waits there until main is back. A backup MX does not deliver sooner; it only moves the waiting to a machine that you control. Alice’s server would have waited just as well, for five days.',
  ],
  evidence: {
    answer: 'The DNS answer: main first',
    tried: 'Alice’s server tries main in vain',
    handed: 'It hands the letter to backup: status=sent',
    waits: 'The letter in the deferred queue of backup',
    later: 'Main is back: backup delivers',
  },
  references: [
    {
      name: 'RFC 5321 §5.1',
      says: 'A relay that is itself an MX drops all records with its own number or a higher one.',
    },
    {
      name: 'relay_domains',
      says: 'postconf(5): the domains a backup MX takes mail for without having their mailboxes.',
    },
  ],
  next: 'Stop both, and see where the letter waits then.',
};
