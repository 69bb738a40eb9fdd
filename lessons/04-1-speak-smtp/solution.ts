/**
 * solution — how lesson 4.1 is solved, two other ways, and three that must not count
 */
import type { Act, Step, WrongRun } from '../dsl/define-lesson.ts';
import { letter, stepsOf, typed, types } from '../dsl/sights.ts';

export const here = 'mx.far.example';
export const server = 'mta1.acme.example';

/** Lines typed into the dialogue that is open. */
export const there = (...lines: string[]): Act[] => typed(here, ...lines);
export const hello: Act[] = there(`telnet ${server} 25`, 'EHLO mx.far.example');
export const byHand: Act[] = there(
  'MAIL FROM:<alice@far.example>',
  'RCPT TO:<bob@acme.example>',
  'DATA',
  'From: alice@far.example',
  'Subject: By hand',
  '',
  'Hello Bob!',
  '.',
);

const refused = there('RCPT TO:<bob@acme.example>');
const unknown = there('RSET', 'MAIL FROM:<alice@far.example>', 'RCPT TO:<nobody@acme.example>', 'QUIT');

const upToLetter: Step[] = [...stepsOf(hello), { answer: 'refused', to: 'rcpt-first' }, ...stepsOf(refused)];

export const solution: Step[] = [...upToLetter, ...stepsOf(byHand), { waitS: 30 }, ...stepsOf(unknown)];

export const alternatives: { name: string; steps: Step[] }[] = [
  {
    name: 'uses nc and HELO, leaves and comes back for each part',
    steps: [
      ...types(here, `nc ${server} 25`, 'HELO mx.far.example', 'QUIT'),
      { answer: 'taken', to: 'rcpt-first' },
      ...types(here, `nc ${server} 25`, 'HELO mx.far.example', 'RCPT TO:<bob@acme.example>', 'QUIT'),
      ...types(here, `telnet ${server} 25`, 'HELO mx.far.example'),
      ...stepsOf(byHand),
      ...types(here, 'QUIT'),
      { waitS: 30 },
      ...types(
        here,
        `telnet ${server} 25`,
        'HELO mx.far.example',
        'MAIL FROM:<>',
        'RCPT TO:<bobby@acme.example>',
      ),
    ],
  },
  {
    name: 'makes mistakes on the way and writes in lower case',
    steps: [
      ...types(here, `telnet ${server} smtp`, 'hello there', 'ehlo mx.far.example'),
      { answer: 'closed', to: 'rcpt-first' },
      ...types(
        here,
        'rcpt to:<bob@acme.example>',
        'mail from:<alice@far.example>',
        'mail from:<a@far.example>',
      ),
      ...types(here, 'rcpt to:<bob@acme.example>', 'data', 'Subject: hm', '', '..', '.'),
      { waitS: 30 },
      ...types(here, 'mail from:<alice@far.example>', 'rcpt to:<carol@acme.example>'),
    ],
  },
];

export const wrong: WrongRun[] = [
  {
    name: 'sends with the mail program instead',
    steps: [
      { do: letter({ host: 'ws-alice.far.example', address: 'alice@far.example' }, 'bob@acme.example') },
      { waitS: 30 },
    ],
    open: 'greeted',
    says: 'greeted',
  },
  {
    name: 'never ends the text with a dot',
    steps: [...upToLetter, ...stepsOf(byHand.slice(0, -2)), { waitS: 120 }],
    open: 'by-hand',
    says: 'end-with-dot',
  },
  {
    name: 'writes to somebody who is not there',
    steps: [
      ...upToLetter,
      ...types(here, 'MAIL FROM:<alice@far.example>', 'RCPT TO:<nobody@acme.example>'),
      { waitS: 5 },
    ],
    open: 'by-hand',
    says: 'nobody',
  },
];
