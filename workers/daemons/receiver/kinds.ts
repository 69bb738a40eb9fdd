/**
 * kinds — the personalities of a receiver: what each does, which program it imitates, what can be set
 *
 * One table for all who need it: the reader of /etc/receiver.conf, the daemon, and the page, which lists the
 * personalities and writes a section with every setting explained.
 *
 * SEE ALSO  conf.ts, ../../../docs/receivers.md
 */

/** How a value is written. duration: 300s, 5m, 1h, 2d; bytes: 500, 20k, 1m; choice: one of `choices`. */
export type SettingType = 'duration' | 'count' | 'bytes' | 'yes-no' | 'choice' | 'text';

export interface Setting {
  readonly name: string;
  readonly type: SettingType;
  /** the default, as it would be written */
  readonly usual: string;
  readonly choices?: readonly string[];
  readonly about: string;
}

/** A personality as it can be configured. */
export interface Kind {
  /** of its section */
  readonly name: string;
  /** for people */
  readonly title: string;
  readonly about: string;
  readonly imitates: string;
  readonly settings: readonly Setting[];
  /** headings of its state, which is /var/lib/receiver/NAME; none: it remembers nothing */
  readonly columns: readonly string[];
}

/** What can be set before the first section. */
export const hostSettings: readonly Setting[] = Object.freeze([
  { name: 'hostname', type: 'text', usual: '', about: 'name in the greeting; empty: the name of the host' },
  {
    name: 'domains',
    type: 'text',
    usual: '',
    about: 'domains it takes mail for, with blanks between them; empty: all',
  },
  {
    name: 'users',
    type: 'text',
    usual: '',
    about: 'local parts that have a mailbox, with blanks between them; empty: every one',
  },
  {
    name: 'message_size_limit',
    type: 'bytes',
    usual: '10240000',
    about: 'largest message, as it is offered with SIZE',
  },
]);

const greylist: Kind = Object.freeze<Kind>({
  name: 'greylist',
  title: 'Greylister',
  about:
    'Refuses whom it has not seen with a temporary error: a client address, sender and recipient together ' +
    'must come again after the delay. Who keeps a queue does; who sends once and forgets does not.',
  imitates: 'postgrey behind Postfix (check_policy_service)',
  settings: [
    { name: 'delay', type: 'duration', usual: '300s', about: 'how long a new triplet is refused' },
    {
      name: 'retry_window',
      type: 'duration',
      usual: '2d',
      about: 'a first retry later than this counts as a first try again',
    },
    {
      name: 'max_age',
      type: 'duration',
      usual: '35d',
      about: 'a triplet is forgotten when it was not seen for so long',
    },
    {
      name: 'lookup_by',
      type: 'choice',
      usual: 'subnet',
      choices: ['subnet', 'host'],
      about: 'whether all clients of a /24 network count as one',
    },
    {
      name: 'auto_whitelist_clients',
      type: 'count',
      usual: '5',
      about: 'a client that passed so often is not greylisted any more; 0: never',
    },
    {
      name: 'text',
      type: 'text',
      usual: 'Greylisted for %s seconds...',
      about: 'said in the reply; %s: seconds that are left, %r: domain of the recipient',
    },
  ],
  columns: ['client', 'sender', 'recipient', 'first seen', 'last seen', 'refused', 'passed'],
});

const rateLimit: Kind = Object.freeze<Kind>({
  name: 'rate-limit',
  title: 'Rate limiter',
  about:
    'A bucket of tokens for each client: every message takes one, and they come back one by one. ' +
    'With an empty bucket there is a temporary error.',
  imitates:
    'Postfix, anvil(8) with smtpd_client_…_rate_limit, but with a bucket where anvil counts per minute',
  settings: [
    {
      name: 'counts',
      type: 'choice',
      usual: 'messages',
      choices: ['connections', 'messages', 'recipients'],
      about: 'what takes a token; a refused connection is closed with 421',
    },
    {
      name: 'per',
      type: 'choice',
      usual: 'client',
      choices: ['client', 'sender', 'sender-domain', 'recipient'],
      about: 'whose the bucket is; connections are always counted by client',
    },
    { name: 'burst', type: 'count', usual: '5', about: 'tokens in a full bucket' },
    { name: 'refill', type: 'duration', usual: '60s', about: 'how long until one token comes back' },
    { name: 'reply', type: 'text', usual: '', about: 'code and text instead of those of Postfix' },
  ],
  columns: ['bucket', 'tokens', 'next token', 'taken', 'refused'],
});

const quota: Kind = Object.freeze<Kind>({
  name: 'quota',
  title: 'Full mailbox',
  about: 'A mailbox holds so many bytes and no more. Remove its file, and there is room again.',
  imitates: 'Dovecot’s quota-status service behind Postfix',
  settings: [
    { name: 'mailbox', type: 'bytes', usual: '20k', about: 'bytes in the mailbox of each recipient' },
    {
      name: 'when_full',
      type: 'choice',
      usual: 'refuse',
      choices: ['refuse', 'defer'],
      about: 'refuse: 552 5.2.2, the sender gets a bounce; defer: 452 4.2.2, it is tried again',
    },
    {
      name: 'text',
      type: 'text',
      usual: 'Quota exceeded (mailbox for user is full)',
      about: 'said in the reply',
    },
  ],
  columns: [],
});

const tarpit: Kind = Object.freeze<Kind>({
  name: 'tarpit',
  title: 'Tarpit',
  about:
    'Answers, but slowly, and more slowly with every command, so that who sends to many gets through to few.',
  imitates: 'Sendmail’s greet_pause, the delay modifier of Exim, and the stutter of OpenBSD’s spamd',
  settings: [
    { name: 'greeting', type: 'duration', usual: '10s', about: 'wait before the greeting' },
    { name: 'command', type: 'duration', usual: '2s', about: 'wait before the first reply' },
    {
      name: 'growth',
      type: 'duration',
      usual: '1s',
      about: 'added with each further reply of the connection',
    },
    { name: 'longest', type: 'duration', usual: '60s', about: 'no reply is kept back for longer' },
    { name: 'stutter', type: 'duration', usual: '0s', about: 'wait between the single bytes of a reply' },
  ],
  columns: ['client', 'connections', 'held now', 'delay now', 'replies', 'held in all'],
});

const strict: Kind = Object.freeze<Kind>({
  name: 'strict',
  title: 'Strict checker',
  about:
    'Looks at how the client behaves and who it says it is, and refuses what the standards do not allow.',
  imitates: 'Postfix with its reject_… restrictions and postscreen’s tests; line lengths: Exim',
  settings: [
    {
      name: 'helo',
      type: 'yes-no',
      usual: 'yes',
      about: 'the HELO name is a full host name that the DNS knows',
    },
    {
      name: 'fcrdns',
      type: 'yes-no',
      usual: 'yes',
      about: 'the client’s address has a name that leads back',
    },
    {
      name: 'sender_domain',
      type: 'yes-no',
      usual: 'yes',
      about: 'the sender’s domain has an MX or an address',
    },
    { name: 'bare_lf', type: 'yes-no', usual: 'yes', about: 'lines end with CR and LF' },
    {
      name: 'pipelining',
      type: 'yes-no',
      usual: 'yes',
      about: 'nothing is sent before the greeting, nor behind DATA and EHLO before their replies',
    },
    { name: 'line_length', type: 'count', usual: '998', about: 'octets in a line of a message; 0: any' },
  ],
  columns: ['client', 'check', 'refused', 'last refusal'],
});

const script: Kind = Object.freeze<Kind>({
  name: 'script',
  title: 'Scripted replies',
  about: 'Rules say what is answered to which command, when, and how often. The first that fits decides.',
  imitates: 'no program: whatever one would like to see',
  settings: [],
  columns: ['rule', 'used', 'last used'],
});

const dead: Kind = Object.freeze<Kind>({
  name: 'dead',
  title: 'Dead host',
  about: 'No program listens on port 25: the host refuses every connection at once (RST).',
  imitates: 'a server whose mail system does not run',
  settings: [],
  columns: [],
});

const blackhole: Kind = Object.freeze<Kind>({
  name: 'blackhole',
  title: 'Blackhole',
  about: 'What asks for a connection to port 25 is dropped without a word, so that the sender waits in vain.',
  imitates: 'a firewall: iptables -p tcp --dport 25 --syn -j DROP',
  settings: [],
  columns: [],
});

const refuse: Kind = Object.freeze<Kind>({
  name: 'refuse',
  title: 'No mail here',
  about: 'Takes the connection, and says in its greeting that it takes no mail.',
  imitates: 'a server by RFC 7504 and RFC 5321 §3.1',
  settings: [
    {
      name: 'reply',
      type: 'text',
      usual: '554 5.3.2 No SMTP service here',
      about: 'code and text of the greeting',
    },
  ],
  columns: [],
});

/** In the order of the page. */
export const kinds: readonly Kind[] = Object.freeze([
  greylist,
  rateLimit,
  quota,
  tarpit,
  strict,
  script,
  refuse,
  dead,
  blackhole,
]);

/** Headings of /var/lib/receiver/mailboxes, which every receiver keeps. */
export const mailboxColumns: readonly string[] = Object.freeze(['mailbox', 'messages', 'bytes', 'quota']);

/** undefined: there is no such personality */
export function kindNamed(name: string): Kind | undefined {
  return kinds.find((kind) => kind.name === name);
}

/** A file for one personality, with every setting at its default and explained. */
export function fileFor(kind: Kind): string {
  const lines = [
    '# /etc/receiver.conf: how this host receives mail. Read again when it is saved.',
    '# A section in brackets is a personality; with several, each is asked in this order.',
    '',
    ...hostSettings.map(explained),
    '',
    `# ${kind.title}. Imitates ${kind.imitates}.`,
    `[${kind.name}]`,
    ...kind.settings.map(explained),
  ];
  return `${[...lines, ...(kind === script ? scriptExample : [])].join('\n')}\n`;
}

function explained({ name, usual, about, choices }: Setting): string {
  const among = choices === undefined ? '' : ` (${choices.join(', ')})`;
  const line = usual === '' ? `#${name} =` : `${name} = ${usual}`;
  return `# ${about}${among}\n${line}`;
}

const scriptExample: readonly string[] = Object.freeze([
  '# PHASE [/pattern/] [times N] [connection N-M] [attempt N-M] [after T] [before T] [within T]',
  '#       [delay T] [close | hang | reset] [reply TEXT to the end of the line]',
  '# PHASE: connect greeting helo mail rcpt data eod rset quit other',
  'rcpt /^RCPT TO:<nobody@/ reply 550 5.1.1 User unknown',
  'rcpt attempt 1-2 reply 450 4.2.1 Come again',
  'eod connection 3 delay 5s close',
]);
