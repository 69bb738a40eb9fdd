/**
 * text.en — the words of mx-alias in English
 */
import type { ExperimentText } from '../../dsl/define-experiment.ts';

export const text: ExperimentText = {
  title: 'MX to a CNAME',
  teaser: 'The standard forbids it. What does Postfix do?',
  sign: ['@     MX     10 mail', 'mail  CNAME  mx', 'mx    A      203.0.113.25'],
  tries: [
    'The MX record of shop.example names mail, and mail is an alias: a CNAME that leads to mx. An MX record must name a host with an address, not an alias; the standards say so twice.',
    'Alice writes to bob@shop.example. Her server runs Postfix.',
  ],
  question: 'What does Alice’s server do?',
  outcomes: {
    returned: 'It returns the letter: an alias is not allowed there',
    waits: 'It defers the letter until the zone is mended',
    delivered: 'It delivers as if nothing were wrong',
  },
  why: [
    'The rule binds who writes the zone. A sender that looks up the address of mail is led on to mx by the DNS itself, and Postfix takes what it gets. It does not even warn.',
    'It still costs: one more lookup for every sender, and a server that looks for its own name among the MX records, to prevent loops, may not find it. Some strict senders refuse. What works from one server is not proven for all.',
  ],
  evidence: {
    mx: 'The MX record: it names mail',
    a: 'The lookup of mail: the answer leads over the alias to an address',
    log: 'The delivery: the log still calls the host mail',
  },
  references: [
    { name: 'RFC 2181 §10.3', says: 'The name in an MX record must not be an alias.' },
    {
      name: 'RFC 5321 §5.1',
      says: 'An MX record has to lead to address records; what an alias there does is not defined.',
    },
    {
      name: 'smtp_cname_overrides_servername',
      says: 'postconf(5): whether the log and TLS use the alias or the name behind it.',
    },
  ],
  next: 'Name an alias that leads nowhere, and look at the reason in the log.',
};
