/**
 * 1.1 The journey in one minute — name the stops of a mail, in order; see that it waits when the way is cut
 */
import { all, any, inOrder, saw, type Check } from '../dsl/check.ts';
import { defineLesson, type InputCommand } from '../dsl/define-lesson.ts';

import { twoIslands } from '../worlds/two-islands/world.ts';
import { alternatives, solution, wrong } from './solution.ts';

const cable: [string, string] = ['mx.far.example', 'mta1.acme.example'];

/** A mail from Alice reached Bob's mailbox. */
const arrived: Check = saw(
  'mailbox.message-appended',
  (e) => e.host === 'mbox1.acme.example' && e.mailbox.startsWith('bob'),
);
const returned: Check = saw(
  'mailbox.message-appended',
  (e) => e.host === 'mx.far.example' && e.sender === '',
);
const waits: Check = saw('queue.file-moved', (e) => e.host === 'mx.far.example' && e.to === 'deferred');
const sent: Check = saw('mua.message-submitted', (e) => e.host === 'ws-alice.far.example');
const wayClosed: Check = any(
  saw('link.changed', (e) => e.host === cable[0] && e.to === cable[1] && e.fault !== ''),
  saw('host.stopped', (e) => e.host === cable[1]),
  saw('host.crashed', (e) => e.host === cable[1]),
);
const wayOpen: Check = any(
  saw('link.changed', (e) => e.host === cable[0] && e.to === cable[1] && e.fault === ''),
  saw('host.booted', (e) => e.host === cable[1]),
);

const send: InputCommand = {
  kind: 'mua.send',
  host: 'ws-alice.far.example',
  user: 'alice@far.example',
  to: 'bob@acme.example',
  subject: 'Hello Bob!',
  text: 'Hello Bob!',
};

export const lesson = defineLesson({
  id: '1.1',
  title: 'The journey in one minute',
  minutes: 3,
  world: twoIslands,
  beats: [
    {
      id: 'send',
      highlight: ['ws-alice.far.example', 'mx.far.example', 'mta1.acme.example', 'mbox1.acme.example'],
      tasks: [
        {
          id: 'arrives',
          check: all(sent, arrived),
          parts: [
            { id: 'handed-in', check: sent },
            { id: 'in-store', check: arrived },
          ],
          feedback: [
            { when: sent, say: 'on-its-way' },
            { when: returned, say: 'came-back' },
          ],
          doIt: [send],
        },
      ],
    },
    {
      id: 'open',
      highlight: ['ws-bob.acme.example', 'mbox1.acme.example'],
      tasks: [
        {
          id: 'bob-reads',
          check: saw('mua.message-fetched', (e) => e.host === 'ws-bob.acme.example'),
          feedback: [
            {
              when: saw('mua.mailbox-listed', (e) => e.host === 'ws-bob.acme.example'),
              say: 'listed-not-opened',
            },
          ],
          doIt: [{ kind: 'mua.fetch', host: 'ws-bob.acme.example', user: 'bob@acme.example', uid: 1 }],
        },
      ],
    },
    {
      id: 'guess',
      prediction: { id: 'where-waits', options: ['lost', 'laptop', 'mx', 'returned'], answer: 'mx' },
    },
    {
      id: 'cut',
      highlight: cable,
      tasks: [
        {
          id: 'waits',
          check: inOrder(wayClosed, all(sent, waits)),
          feedback: [
            { when: sent, say: 'sent-before-cut' },
            { when: wayClosed, say: 'cut-not-sent' },
            { when: inOrder(wayClosed, sent), say: 'sent-wait' },
          ],
          doIt: [{ kind: 'link.set', between: cable, fault: 'down' }, send],
        },
      ],
    },
    {
      id: 'mend',
      highlight: cable,
      tasks: [
        {
          id: 'second-arrives',
          check: inOrder(wayOpen, arrived),
          feedback: [{ when: wayOpen, say: 'mended-wait' }],
          doIt: [{ kind: 'link.set', between: cable, fault: '' }],
        },
      ],
    },
  ],
  references: ['smtp', 'submission', 'imap'],
  solution,
  alternatives,
  wrong,
});
