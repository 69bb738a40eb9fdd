/**
 * text.en — the words of lesson 1.1 in English
 */
import type { LessonText } from '../dsl/define-lesson.ts';

export const text: LessonText = {
  title: 'The journey in one minute',
  objective: 'Name the stops of a mail, in order, and say where it waits when the way is cut.',
  beats: {
    send: {
      heading: 'Alice writes to Bob',
      paragraphs: [
        'Alice sits at ws-alice. Her mail program is a user agent: it writes letters and hands them in, and it does no more than that.',
        'Press Send. mx.far takes the letter on port 587: that is submission. The same machine is also a transfer agent (MTA): it asks the DNS who receives mail for acme.example and carries the letter to mta1 on port 25.',
      ],
    },
    open: {
      heading: 'Bob looks',
      paragraphs: [
        'mta1 had the letter checked by the filter, asked the directory where Bob’s mail lives, and handed it to the mailstore mbox1. Nothing has reached Bob’s own machine yet: the letter lies there until his user agent fetches it, with another protocol, IMAP.',
        'Open Bob’s inbox and read it.',
      ],
    },
    guess: {
      heading: 'Before you cut the cable',
      paragraphs: [
        'The cable between mx.far and mta1 is about to be cut, and Alice will press Send once more.',
      ],
    },
    cut: {
      heading: 'Cut it, and send again',
      paragraphs: [
        'Click the cable between mx.far and mta1 and cut it. Then send a second letter.',
        'Alice’s program will say that it was sent. See how far it gets.',
      ],
    },
    mend: {
      heading: 'Mend the cable',
      paragraphs: [
        'The letter waits in the queue called deferred. mx.far looks there every 300 seconds and tries again; nobody has to press anything.',
        'Mend the cable. You can skip the waiting with the time bar.',
      ],
    },
  },
  tasks: {
    arrives: {
      ask: 'Send a mail from Alice to Bob and watch it reach his mailbox',
      parts: {
        'handed-in': 'Alice’s program has handed a letter in',
        'in-store': 'the letter is in Bob’s mailbox',
      },
      done: 'User agent, submission, transfer, transfer, store: each stop takes the letter over before the one before lets go.',
      notYet: 'Alice has not sent anything yet.',
      hints: [
        'Which machine does Alice sit at?',
        'The mail form is in the Mail pane, filled in already. Then follow the envelope on the map.',
        'To: bob@acme.example, any text, then Send, and let the clock run.',
      ],
    },
    'bob-reads': {
      ask: 'Open the letter in Bob’s inbox',
      done: 'SMTP pushes a letter as far as the store; the reader pulls it from there.',
      notYet: 'Bob has not looked yet.',
      hints: [
        'Whose machine must ask?',
        'Choose Bob in the Mail pane.',
        'Check Bob’s inbox, then open the letter.',
      ],
    },
    waits: {
      ask: 'Cut the cable, send again, and find where the letter waits',
      done: 'A transfer agent that accepted a letter answers for it: it keeps it and tries again.',
      notYet: 'The cable is whole and no second letter is under way.',
      hints: [
        'What is between the two organisations?',
        'Select the cable mx.far – mta1 on the map; Enter opens what can be done with it.',
        'Cut the link, then send from Alice.',
      ],
    },
    'second-arrives': {
      ask: 'Mend the cable and let the second letter arrive',
      done: 'Mail is late before it is lost: a queue waits for days, not for people.',
      notYet: 'The cable is still cut, and the second letter waits in deferred on mx.far.',
      hints: [
        'What stands in the way?',
        'Select the cut cable and mend it; then look at the next try in the queue.',
        'Mend the link, then skip to the next queue scan, or flush the queue.',
      ],
    },
  },
  predictions: {
    'where-waits': {
      question: 'The cable is cut and Alice presses Send. Where is her letter a minute later?',
      options: {
        lost: 'Lost on the way',
        laptop: 'Still on her laptop',
        mx: 'In a queue on mx.far',
        returned: 'Back in her inbox, as undeliverable',
      },
      right: 'Let’s see it happen.',
      wrong: 'Let’s see what happens.',
    },
  },
  feedback: {
    'on-its-way': 'The letter is on its way. Let the clock run, and follow the envelope.',
    'came-back':
      'The letter came back to Alice: nobody at acme.example has that address. Write to bob@acme.example.',
    'listed-not-opened': 'Bob sees the list. Now open the letter itself.',
    'sent-before-cut': 'That letter went out while the cable was whole. Cut it first, then send.',
    'cut-not-sent': 'The cable is cut, but nobody has sent anything since. Send a second letter.',
    'sent-wait': 'The letter is under way to mx.far. Let the clock run until it is deferred.',
    'mended-wait':
      'The cable is whole again. mx.far tries at its next queue scan: let the clock run, or skip to it.',
  },
  drills: [
    {
      question: 'Alice’s mail program says “sent”. Who has her letter now?',
      options: ['Bob’s computer', 'The server that took the submission', 'Bob’s mailbox'],
      right: 1,
      why: 'A user agent hands a letter in. What happens next is the business of the server that took it.',
    },
    {
      question: 'A letter has reached Bob’s server. How does it come to Bob’s screen?',
      options: ['The server pushes it with SMTP', 'His program fetches it, with IMAP for instance'],
      right: 1,
      why: 'SMTP ends at the store. Reading is another protocol, asked for by the reader.',
    },
  ],
  recap: [
    'A user agent submits, transfer agents carry, a mailstore keeps, and a user agent fetches.',
    'The sender’s server finds the way by DNS, the receiver’s by its directory.',
    'When the way is closed the last server that accepted the letter keeps it in deferred and tries again.',
  ],
  misconception: {
    said: 'E-mail goes straight to the other computer.',
    truth: 'It goes from stop to stop, and each one can keep it for days.',
  },
};
