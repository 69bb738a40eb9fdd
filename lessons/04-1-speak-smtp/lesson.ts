/**
 * 4.1 Speak SMTP yourself — deliver a letter by hand, and hear what a server says when the order or the address is wrong
 */
import { inOrder, type Check } from '../dsl/check.ts';
import { defineLesson } from '../dsl/define-lesson.ts';
import { begun, delivered, logged, sent } from '../dsl/sights.ts';
import { twoIslands } from '../worlds/two-islands/world.ts';

import { alternatives, byHand, here, hello, server, solution, there, wrong } from './solution.ts';

const byTelnet: Check = begun(here, /\b(telnet|nc)\b/);
const said = (text: RegExp): Check => sent(here, 25, text);
const heard = (text: RegExp): Check => sent(server, 25, text);

export const lesson = defineLesson({
  id: '4.1',
  title: 'Speak SMTP yourself',
  minutes: 12,
  world: twoIslands,
  beats: [
    {
      id: 'knock',
      highlight: [here, server],
      view: 'ladder',
      tasks: [
        {
          id: 'greeted',
          check: inOrder(byTelnet, heard(/^220 /), heard(/^250[- ]mta1/)),
          parts: [
            { id: 'connected', check: inOrder(byTelnet, heard(/^220 /)) },
            { id: 'hello', check: inOrder(byTelnet, heard(/^250[- ]mta1/)) },
          ],
          feedback: [
            { when: heard(/^220 /), say: 'greeted' },
            { when: heard(/^50[0-9] /), say: 'not-understood' },
          ],
          doIt: hello,
        },
      ],
    },
    {
      id: 'order',
      prediction: { id: 'rcpt-first', options: ['taken', 'refused', 'closed'], answer: 'refused' },
      highlight: [here, server],
      tasks: [
        {
          id: 'wrong-order',
          check: inOrder(said(/^RCPT /i), heard(/^503 5\.5\.1/)),
          feedback: [{ when: heard(/^250 2\.1\.0/), say: 'mail-first' }],
          doIt: there('RCPT TO:<bob@acme.example>'),
        },
      ],
    },
    {
      id: 'letter',
      highlight: [here, server, 'mbox1.acme.example'],
      tasks: [
        {
          id: 'by-hand',
          check: inOrder(said(/^MAIL FROM/i), said(/^RCPT TO/i), said(/^DATA/i), delivered('bob')),
          parts: [
            { id: 'mail', check: inOrder(said(/^MAIL FROM/i), heard(/^250 2\.1\.0/)) },
            { id: 'rcpt', check: inOrder(said(/^RCPT TO/i), heard(/^250 2\.1\.5/)) },
            { id: 'data', check: inOrder(said(/^DATA/i), heard(/^354 /)) },
            { id: 'dot', check: heard(/^250 2\.0\.0 Ok: queued as/) },
            { id: 'arrived', check: delivered('bob') },
          ],
          feedback: [
            { when: heard(/^550 /), say: 'nobody' },
            { when: heard(/^354 /), say: 'end-with-dot' },
            { when: heard(/^250 2\.0\.0 Ok: queued as/), say: 'queued' },
          ],
          doIt: byHand,
        },
      ],
    },
    {
      id: 'nobody',
      highlight: [here, server],
      tasks: [
        {
          id: 'unknown',
          check: heard(/^550 5\.1\.1/),
          feedback: [{ when: logged(server, /NOQUEUE: reject/), say: 'other-refusal' }],
          doIt: there('RSET', 'MAIL FROM:<alice@far.example>', 'RCPT TO:<nobody@acme.example>', 'QUIT'),
        },
      ],
    },
  ],
  references: ['smtp', 'enhanced-codes'],
  solution,
  alternatives,
  wrong,
});
