/**
 * text.en — the words of lesson 6.3 in English
 */
import type { LessonText } from '../dsl/define-lesson.ts';

export const text: LessonText = {
  title: 'Deferred and back-off',
  objective: 'Say when a waiting letter is tried next, change that, and see Postfix give up after days.',
  beats: {
    cut: {
      heading: 'A letter that cannot leave',
      paragraphs: [
        'Cut the cable between mx.far and mta1, then let Alice write to Bob.',
        'mx.far tries at once, fails, and puts the letter into the queue called deferred. There it stays until somebody looks at it again.',
      ],
    },
    guess: {
      heading: 'Before time passes',
      paragraphs: [
        'Every 300 seconds the queue manager scans deferred. It does not try every letter it finds there: each has a time before which it is left alone.',
      ],
    },
    rule: {
      heading: 'The rule',
      paragraphs: [
        'Skip from try to try in the time bar, and read in the Queues view when the next one is, and why.',
        'When a try fails, Postfix looks how old the letter is, takes at least `minimal_backoff_time` (300 s) and at most `maximal_backoff_time` (4000 s), and leaves it alone that long. Then it waits for the next scan.',
      ],
    },
    change: {
      heading: 'Make it less patient',
      paragraphs: [
        'Set `maximal_backoff_time` to at most 15 minutes on mx.far: in the MTA view, or at a terminal with `postconf -e maximal_backoff_time=10m`.',
        'Daemons read main.cf when they start. `postfix reload` tells the running queue manager; see what the next tries do.',
      ],
    },
    end: {
      heading: 'Does it ever give up?',
      paragraphs: [
        'The cable stays cut. Alice has heard nothing, and the letter grows old.',
        'Skip forward, and look at her inbox.',
      ],
    },
  },
  tasks: {
    waits: {
      ask: 'Bring a letter into the deferred queue of mx.far',
      parts: {
        closed: 'the cable between mx.far and mta1 is cut',
        sent: 'Alice has sent a letter since',
        deferred: 'it lies in deferred',
      },
      done: 'A try that fails with “not now” costs nothing but time: the letter stays with the server that accepted it.',
      notYet: 'The cable is whole, and deferred is empty.',
      hints: [
        'What must be broken so that mx.far cannot reach mta1?',
        'Select the cable on the map; what can be done with it stands beside it.',
        'Cut the link mx.far – mta1, then Send from Alice.',
      ],
    },
    'next-try': {
      ask: 'A try just failed: how long is the letter left alone?',
      done: 'Age, but not less than the minimum and not more than the maximum; the scan after that is the next try.',
      notYet: 'Choose a wait for each letter.',
      hints: [
        'Which three numbers decide?',
        'Read the reason beside “next try” in the Queues view.',
        'Wait = age of the letter, raised to ___ s, cut to ___ s.',
      ],
    },
    shorter: {
      ask: 'Shorten the longest wait to 15 minutes or less, and see a try under the new rule',
      parts: {
        set: 'maximal_backoff_time in main.cf is at most 900 s',
        reloaded: 'Postfix has reloaded since',
        tried: 'the letter was tried once more after that',
      },
      done: 'A parameter is a line in a file until the daemon reads it.',
      notYet: 'main.cf has not been changed yet.',
      hints: [
        'Which of the two limits holds an old letter back?',
        'MTA view, main.cf; or a terminal on mx.far.',
        '`postconf -e maximal_backoff_time=___`, then `postfix ___`, then skip to the next try.',
      ],
    },
    returned: {
      ask: 'Find out what Alice gets in the end',
      done: 'Postfix counts days, not tries: after `maximal_queue_lifetime` (5 days) the next try that fails returns the letter.',
      notYet: 'The letter is younger than five days and still waits.',
      hints: [
        'Is it a number of tries, or something else, that has to be reached?',
        'Speed up to days per second, and watch Alice’s mailbox.',
        'Leave the cable cut and skip five days and a little more.',
      ],
    },
  },
  quizzes: {
    'next-try': {
      rows: {
        two: { label: 'The letter is 2 minutes old', wrong: 'it is younger than the minimum.' },
        twenty: {
          label: 'The letter is 20 minutes old',
          wrong: 'that is between the minimum and the maximum, so its age itself is the wait.',
        },
        hour: { label: 'The letter is 1 hour old', wrong: 'an hour is 3600 s: still below the maximum.' },
        three: { label: 'The letter is 3 hours old', wrong: 'three hours are more than the maximum allows.' },
      },
      options: {
        s300: '300 s (5 min)',
        m20: '20 min',
        h1: '1 hour',
        s4000: '4000 s (1 h 7 min)',
        h3: '3 hours',
      },
    },
  },
  predictions: {
    'how-long': {
      question: 'How long does a letter wait between one try and the next?',
      options: {
        same: 'Always the same, 300 s',
        double: 'Each wait is twice the one before, on and on',
        age: 'About as long as it is old, within limits',
      },
      right: 'Let’s see it happen.',
      wrong: 'Let’s see what happens.',
    },
    'gives-up': {
      question: 'When does mx.far give the letter up?',
      options: {
        tries: 'After a certain number of tries',
        days: 'After a certain time',
        never: 'Never: it waits until the cable is mended',
      },
      right: 'Let’s see.',
      wrong: 'Let’s see.',
    },
  },
  feedback: {
    'sent-before-cut': 'That letter went out while the cable was whole. Cut it first, then send.',
    'cut-not-sent': 'The cable is cut, but no letter was sent since. Send one.',
    mended: 'The cable was mended, so the letter went out. Cut it, send again, and let it wait.',
    'other-value': 'main.cf was saved, but its maximal_backoff_time is not at most 900 s (or 15m).',
    'not-reloaded': 'The file is changed; the queue manager does not know yet. What makes it read main.cf?',
    'reloaded-wait': 'Read. Now let the letter be tried once more.',
  },
  today: {
    doubling: {
      then: 'The queue manager doubles the time between delivery attempts.',
      now: 'That is how it looks at first. The rule of {qmgr(8)} is the age of the letter, never less than 300 s and never more than 4000 s; so the growth ends after an hour or so.',
    },
  },
  drills: [
    {
      question:
        'A letter is 10 minutes old and a try fails. Defaults hold. When, at the earliest, is the next one?',
      options: ['In 300 s', 'In 10 minutes, at the next scan', 'In 20 minutes', 'In 4000 s'],
      right: 1,
      why: 'The wait is the age, between 300 s and 4000 s; then the next scan of deferred takes it.',
    },
    {
      question: 'When does a deferred letter come back to its sender?',
      options: ['After 10 tries', 'After maximal_queue_lifetime', 'When an administrator says so'],
      right: 1,
      why: 'Five days unless set otherwise, however many tries there were.',
    },
  ],
  recap: [
    'Deferred is scanned every `queue_run_delay`; a letter is tried when its time has come and a scan finds it.',
    'After a failure it waits as long as it is old, at least 300 s and at most 4000 s.',
    'It is returned when it is older than `maximal_queue_lifetime`, not after so many tries.',
  ],
  misconception: {
    said: 'It doubles forever, and gives up after so many tries.',
    truth: 'The wait follows the age up to a limit, and only time ends it: five days.',
  },
};
