// The files of a new lesson: one task that stands in every way, to be changed piece by piece.

/** @returns {{folder: string, files: Record<string, string>, line: string}} line: its entry in lessons/index.ts */
export function newLesson(id, title) {
  const [unit, number] = id.split('.');
  const name = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  const folder = `${unit.padStart(2, '0')}-${number}-${name.slice(0, 24).replace(/-$/, '') || 'lesson'}`;
  const quoted = JSON.stringify(title).slice(1, -1).replaceAll("'", "\\'");
  return {
    folder,
    files: {
      'lesson.ts': lesson(id, quoted),
      'solution.ts': solution(id),
      'text.en.ts': text(id, quoted),
    },
    line: `  entry('${id}', '${quoted}', 5, () =>\n    both(import('./${folder}/lesson.ts'), import('./${folder}/text.en.ts')),\n  ),`,
  };
}

const lesson = (id, title) => `/**
 * ${id} ${title} — what a learner can do afterwards, in one sentence
 */
import { saw } from '../dsl/check.ts';
import { defineLesson, type InputCommand } from '../dsl/define-lesson.ts';
import { postcard } from '../worlds/postcard/world.ts';

import { alternatives, solution, wrong } from './solution.ts';

/** A letter lies in Bob's mailbox. */
const arrived = saw('mailbox.message-appended', (e) => e.mailbox.startsWith('bob'));
const refused = saw('mua.failed');

const send: InputCommand = {
  kind: 'mua.send',
  host: 'post.example',
  user: 'alice@post.example',
  to: 'bob@post.example',
  subject: 'Hello Bob!',
  text: 'Hello Bob!',
};

export const lesson = defineLesson({
  id: '${id}',
  title: '${title}',
  minutes: 5,
  world: postcard,
  beats: [
    {
      id: 'begin',
      highlight: ['post.example'],
      tasks: [
        {
          id: 'arrives',
          check: arrived,
          feedback: [{ when: refused, say: 'refused' }],
          doIt: [send],
        },
      ],
    },
  ],
  references: ['smtp'],
  solution,
  alternatives,
  wrong,
});
`;

const solution = (id) => `/**
 * solution — how lesson ${id} is solved, two other ways, and three that must not count
 */
import { saw } from '../dsl/check.ts';
import type { InputCommand, Step, WrongRun } from '../dsl/define-lesson.ts';

function send(to: string, user = 'alice@post.example'): InputCommand {
  return { kind: 'mua.send', host: 'post.example', user, to, subject: 'Hello Bob!', text: 'Hello Bob!' };
}
const arrived = saw('mailbox.message-appended', (e) => e.mailbox.startsWith('bob'));
const refused = saw('mua.failed');

export const solution: Step[] = [{ do: send('bob@post.example') }, { until: arrived, withinS: 60 }];

export const alternatives: { name: string; steps: Step[] }[] = [
  {
    name: 'writes as Bob to himself',
    steps: [{ do: send('bob@post.example', 'bob@post.example') }, { until: arrived, withinS: 60 }],
  },
  {
    name: 'writes to a wrong address first',
    steps: [
      { do: send('bobby@post.example') },
      { waitS: 30 },
      { do: send('bob@post.example') },
      { until: arrived, withinS: 60 },
    ],
  },
];

export const wrong: WrongRun[] = [
  {
    name: 'writes to nobody',
    steps: [{ do: send('bobby@post.example') }, { until: refused, withinS: 60 }],
    open: 'arrives',
    says: 'refused',
  },
  {
    name: 'writes to Alice',
    steps: [{ do: send('alice@post.example') }, { waitS: 60 }],
    open: 'arrives',
    says: null,
  },
  {
    name: 'only looks into the mailbox',
    steps: [
      { do: { kind: 'mua.fetch', host: 'post.example', user: 'bob@post.example', uid: 0 } },
      { waitS: 60 },
    ],
    open: 'arrives',
    says: null,
  },
];
`;

const text = (id, title) => `/**
 * text.en — the words of lesson ${id} in English
 */
import type { LessonText } from '../dsl/define-lesson.ts';

export const text: LessonText = {
  title: '${title}',
  objective: 'What a learner can do afterwards, in one sentence.',
  beats: {
    begin: {
      heading: 'A first beat',
      paragraphs: [
        'At most 80 words. Names of hosts such as post.example can be clicked; \`mailq\` is a command, {smtp} the RFC of that name.',
      ],
    },
  },
  tasks: {
    arrives: {
      ask: 'Send a letter to Bob, and let it arrive',
      done: 'The principle that was seen, not praise.',
      notYet: 'Bob’s mailbox holds no letter yet.',
      hints: ['A question that nudges?', 'Where to look.', 'What to do, with its blanks: To: ___@post.example'],
    },
  },
  predictions: {},
  feedback: {
    refused: 'The server did not take it: nobody has that address.',
  },
  recap: ['Three lines', 'to take', 'along.'],
  misconception: {
    said: 'What most people think before.',
    truth: 'What is so.',
  },
};
`;
