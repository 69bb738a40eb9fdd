/** course — the twelve units and their lessons, in the order a mail meets things; only those in lessons/ can be opened */
export interface Unit {
  number: number;
  name: string;
  /** what the whole unit is about, one line */
  about: string;
  lessons: readonly string[];
}

export const units: readonly Unit[] = [
  {
    number: 1,
    name: 'What is e-mail?',
    about: 'The stops of a mail, and how they came to be',
    lessons: ['The journey in one minute', 'Mail without a network', 'From islands to @'],
  },
  {
    number: 2,
    name: 'The message',
    about: 'Envelope and letter, header and body, and what MIME adds',
    lessons: [
      'Internet Message Format by hand',
      'Header and body; envelope and letter',
      'Beyond text: MIME',
      'What may a line contain?',
    ],
  },
  {
    number: 3,
    name: 'The header',
    about: 'Who wrote it, who answered it, and which way it came',
    lessons: [
      'Must, should, may',
      'Message-ID, threading and duplicates',
      'Unroll the Received chain',
      'Robots talking to robots',
    ],
  },
  {
    number: 4,
    name: 'SMTP',
    about: 'The language servers speak to each other',
    lessons: [
      'Speak SMTP yourself',
      'Replies are a language',
      'Ports and TLS: 25, 587, 465',
      'Client or server? Both.',
      'ESMTP in practice',
    ],
  },
  {
    number: 5,
    name: 'Zimbra’s parts',
    about: 'One product, many programs, one way through',
    lessons: [
      'Postfix inside Zimbra',
      'MSA and MTA in one box',
      'SMTP vs LMTP',
      'All mail goes through the MTA',
    ],
  },
  {
    number: 6,
    name: 'Queues',
    about: 'Where mail waits, for how long, and why that is good',
    lessons: [
      'Series of buckets',
      'Leaky active queue',
      'Deferred and back-off',
      'Hold and corrupt',
      'Reading the queue: mailq and postqueue',
      'postsuper: the strong medicine',
      'qshape and the Admin Console',
    ],
  },
  {
    number: 7,
    name: 'Configuring',
    about: 'Where a setting lives, and who overwrites it',
    lessons: [
      'Where does a setting live?',
      'Then and now: zmlocalconfig to zimbraMta…',
      'Maps: the MTA asks LDAP',
      'The long list, understood',
    ],
  },
  {
    number: 8,
    name: 'Receiving',
    about: 'From the door to the right mailbox',
    lessons: ['Inbound, end to end', 'Which store?', 'Aliases, lists, catch-all, forwarding'],
  },
  {
    number: 9,
    name: 'Spam and virus',
    about: 'What is looked at, when, and by whom',
    lessons: ['The filter sandwich', 'Scores that add up', 'Before the content'],
  },
  {
    number: 10,
    name: 'DNS and MX',
    about: 'How a server finds the other one',
    lessons: [
      'Who answers?',
      'A, AAAA, PTR',
      'MX and preference',
      'Several domains, one server',
      'Split DNS',
      'dig like a pro (and why not ANY)',
    ],
  },
  {
    number: 11,
    name: 'Logs',
    about: 'Reading what happened, and narrowing down what went wrong',
    lessons: ['Follow the queue id', 'Turn the volume up safely', 'Method: localise, then fix'],
  },
  {
    number: 12,
    name: 'Beyond',
    about: 'Proof of who sent it, and that nobody listened',
    lessons: ['SPF', 'DKIM', 'DMARC', 'And further'],
  },
];

/** The stretches of the way, written above the units they begin at. */
export const stretches: readonly { at: number; name: string }[] = [
  { at: 1, name: 'Writing it' },
  { at: 4, name: 'Handing it in' },
  { at: 5, name: 'The sorting office' },
  { at: 10, name: 'Finding the way' },
  { at: 8, name: 'Taking it in' },
  { at: 11, name: 'Looking back' },
];

/** The units as the way passes them: finding the other side (10) is a detour before the receiving end (8). */
const way: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 10, 8, 9, 11, 12];
export const onTheWay: readonly Unit[] = way.map((number) => units[number - 1]!);
export const detour = { from: 7, over: 10, to: 8 };
export const routeHeight = 148;
const margin = 48;
const mainY = 84;
const detourY = 30;

export interface RoutePoint {
  number: number;
  x: number;
  y: number;
}

/** Where each unit stands on the drawn route, in the order of the way. */
export function routePoints(width: number): RoutePoint[] {
  const step = (width - 2 * margin) / (way.length - 1);
  return way.map((number, i) => ({
    number,
    x: margin + i * step,
    y: number === detour.over ? mainY - detourY : mainY,
  }));
}
