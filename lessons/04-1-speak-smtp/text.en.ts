/**
 * text.en — the words of lesson 4.1 in English
 */
import type { LessonText } from '../dsl/define-lesson.ts';

export const text: LessonText = {
  title: 'Speak SMTP yourself',
  objective:
    'Deliver a letter line by line, and read what a server answers when the order or the address is wrong.',
  beats: {
    knock: {
      heading: 'Knock at port 25',
      paragraphs: [
        'SMTP is a conversation in lines of text. A server speaks it with a server; you can, too.',
        'Open a terminal on mx.far and type `telnet mta1.acme.example 25`. The other side greets with 220. Say who you are: `EHLO mx.far.example`. It answers with what it can do.',
      ],
    },
    order: {
      heading: 'Out of turn',
      paragraphs: [
        'A letter is handed over in three steps: who sends it (MAIL), who receives it (RCPT), and the text (DATA). What if you begin with the second?',
        'Type `RCPT TO:<bob@acme.example>` now.',
      ],
    },
    letter: {
      heading: 'Hand it over',
      paragraphs: [
        'Now in turn: `MAIL FROM:<alice@far.example>`, `RCPT TO:<bob@acme.example>`, `DATA`. After 354 comes the letter: header lines, an empty line, the text. A line with a single dot ends it.',
        'Every line you type grows on the ladder, with the answer below.',
      ],
    },
    nobody: {
      heading: 'Somebody who is not there',
      paragraphs: [
        'Start another letter (RSET forgets the last one) and name a recipient that acme.example does not have. At which step does the server object?',
      ],
    },
  },
  tasks: {
    greeted: {
      ask: 'Be greeted by mta1, and greet back',
      parts: {
        connected: 'a connection by hand got the 220 greeting',
        hello: 'EHLO or HELO was answered with 250',
      },
      done: 'The server speaks first; the client says its name; the answer is the list of what both may use.',
      notYet: 'Nobody has knocked at mta1 by hand yet.',
      hints: [
        'Which program opens a plain connection to a port?',
        'A terminal on mx.far: press t, or use the Do part of the inspector.',
        '`telnet mta1.acme.example __`, then `EHLO ___`.',
      ],
    },
    'wrong-order': {
      ask: 'Name a recipient before a sender, and be refused with 503',
      done: '503 is “not now”: the command is known, but something must come before it. Nothing is lost; go on.',
      notYet: 'No command has come out of turn yet.',
      hints: [
        'What must come before RCPT?',
        'In the dialogue that is open, skip MAIL.',
        '`RCPT TO:<___@acme.example>` right after EHLO.',
      ],
    },
    'by-hand': {
      ask: 'Deliver a letter to Bob by hand',
      parts: {
        mail: 'MAIL FROM was answered with 250 2.1.0',
        rcpt: 'RCPT TO was answered with 250 2.1.5',
        data: 'DATA was answered with 354',
        dot: 'a dot on its own line got 250 … queued as …',
        arrived: 'the letter is in Bob’s mailbox',
      },
      done: 'The last 250 is a promise: from then on the server answers for the letter.',
      notYet: 'No letter has been handed over by hand.',
      hints: [
        'Which three commands carry a letter, and in which order?',
        'The dots here show which line is still missing.',
        '`MAIL FROM:<…>`, `RCPT TO:<…>`, `DATA`, the letter, and a line with only `.`',
      ],
    },
    unknown: {
      ask: 'Be told that there is no such user',
      done: 'The refusal comes at RCPT, before any text is sent: the sender knows at once, and no bounce is needed.',
      notYet: 'Every recipient so far exists.',
      hints: [
        'Which address of acme.example is surely nobody’s?',
        'A new MAIL, then RCPT with that address.',
        '`RSET`, `MAIL FROM:<alice@far.example>`, `RCPT TO:<nobody@___>`',
      ],
    },
  },
  predictions: {
    'rcpt-first': {
      question: 'RCPT without MAIL: what does mta1 do?',
      options: {
        taken: 'It takes it and asks for the sender later',
        refused: 'It refuses the command and stays in the conversation',
        closed: 'It closes the connection',
      },
      right: 'Type it and see.',
      wrong: 'Type it and see.',
    },
  },
  feedback: {
    greeted: 'mta1 greeted a client, but no name was given by hand yet. In your own dialogue, say EHLO.',
    'not-understood':
      'The server did not take that line. The first word must be EHLO (or HELO), then a host name.',
    'mail-first': 'That was in order: MAIL was accepted. RSET takes it back; then try RCPT alone.',
    nobody: 'That recipient was refused: nobody at acme.example has the address. Bob’s is bob@acme.example.',
    'end-with-dot': 'The server listens for the letter. A line with nothing but a dot ends it.',
    queued: 'mta1 has the letter in its queue. Let the clock run until it is in Bob’s mailbox.',
    'other-refusal': 'Refused, but for another reason. Read the code: 5.1.1 is “no such mailbox”.',
  },
  drills: [
    {
      question: 'After which line has the server taken responsibility for a letter?',
      options: ['After DATA is answered with 354', 'After the dot is answered with 250', 'After QUIT'],
      right: 1,
      why: 'Until the 250 that follows the dot the sender must keep its copy; from then on the receiver must.',
    },
    {
      question: 'A server answers 503 5.5.1. What is wrong?',
      options: ['The address', 'The order of the commands', 'The password'],
      right: 1,
      why: 'Bad sequence of commands: something has to come first.',
    },
  ],
  recap: [
    'Greeting, EHLO, MAIL, RCPT, DATA, dot, QUIT: each line has its answer of three digits.',
    'MAIL and RCPT are the envelope; what follows DATA is the letter.',
    'A wrong recipient is refused at RCPT; the 250 after the dot is a promise.',
  ],
  misconception: {
    said: 'Sending a mail is one command.',
    truth: 'It is a conversation, and each line of it can be refused.',
  },
};
