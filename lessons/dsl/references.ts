/**
 * references — the RFCs and manual pages that lessons name, with what they are called
 *
 * Numbers change when a text is replaced: here, and nowhere in the prose, where {imf} stands for "RFC 5322".
 */
export interface Reference {
  /** as it is printed: "RFC 5322", "qmgr(8)" */
  name: string;
  title: string;
  year?: number;
}

const rfc = (number: number, title: string, year: number): Reference => ({
  name: `RFC ${number}`,
  title,
  year,
});
const page = (name: string, title: string): Reference => ({ name, title });

export const references = Object.freeze({
  smtp: rfc(5321, 'Simple Mail Transfer Protocol', 2008),
  'smtp-1982': rfc(821, 'Simple Mail Transfer Protocol', 1982),
  'smtp-2001': rfc(2821, 'Simple Mail Transfer Protocol', 2001),
  'esmtp-1993': rfc(1425, 'SMTP Service Extensions', 1993),
  imf: rfc(5322, 'Internet Message Format', 2008),
  'imf-1977': rfc(733, 'Standard for the Format of ARPA Network Text Messages', 1977),
  'imf-1982': rfc(822, 'Standard for the Format of ARPA Internet Text Messages', 1982),
  'imf-2001': rfc(2822, 'Internet Message Format', 2001),
  'group-syntax': rfc(
    6854,
    'Update to Internet Message Format to Allow Group Syntax in From and Sender',
    2013,
  ),
  mime: rfc(2045, 'MIME Part One: Format of Internet Message Bodies', 1996),
  'mime-types': rfc(2046, 'MIME Part Two: Media Types', 1996),
  'mime-words': rfc(2047, 'MIME Part Three: Message Header Extensions for Non-ASCII Text', 1996),
  'mime-1992': rfc(1341, 'MIME: Mechanisms for Specifying and Describing Internet Message Bodies', 1992),
  'header-registry': rfc(3864, 'Registration Procedures for Message Header Fields', 2004),
  submission: rfc(6409, 'Message Submission for Mail', 2011),
  'submission-1998': rfc(2476, 'Message Submission', 1998),
  'tls-mail': rfc(8314, 'Cleartext Considered Obsolete: Use of TLS for Email Submission and Access', 2018),
  starttls: rfc(3207, 'SMTP Service Extension for Secure SMTP over TLS', 2002),
  lmtp: rfc(2033, 'Local Mail Transfer Protocol', 1996),
  'enhanced-codes': rfc(3463, 'Enhanced Mail System Status Codes', 2003),
  'dsn-format': rfc(3464, 'An Extensible Message Format for Delivery Status Notifications', 2003),
  'dsn-smtp': rfc(3461, 'SMTP Service Extension for Delivery Status Notifications', 2003),
  size: rfc(1870, 'SMTP Service Extension for Message Size Declaration', 1995),
  pipelining: rfc(2920, 'SMTP Service Extension for Command Pipelining', 2000),
  '8bitmime': rfc(6152, 'SMTP Service Extension for 8-bit MIME Transport', 2011),
  chunking: rfc(3030, 'SMTP Service Extensions for Transmission of Large and Binary MIME Messages', 2000),
  auth: rfc(4954, 'SMTP Service Extension for Authentication', 2007),
  'auto-submitted': rfc(3834, 'Recommendations for Automatic Responses to Electronic Mail', 2004),
  greylisting: rfc(6647, 'Email Greylisting: An Applicability Statement for SMTP', 2012),
  'null-mx': rfc(7505, 'A "Null MX" No Service Resource Record for Domains That Accept No Mail', 2015),
  'mx-1986': rfc(974, 'Mail Routing and the Domain System', 1986),
  dns: rfc(1035, 'Domain Names – Implementation and Specification', 1987),
  'dns-concepts': rfc(1034, 'Domain Names – Concepts and Facilities', 1987),
  'negative-cache': rfc(2308, 'Negative Caching of DNS Queries', 1998),
  'dns-any': rfc(8482, 'Providing Minimal-Sized Responses to DNS Queries That Have QTYPE=ANY', 2019),
  imap: rfc(9051, 'Internet Message Access Protocol (IMAP) – Version 4rev2', 2021),
  'qmgr(8)': page('qmgr(8)', 'Postfix queue manager'),
  'postsuper(1)': page('postsuper(1)', 'Postfix superintendent'),
  'postqueue(1)': page('postqueue(1)', 'Postfix queue control'),
  'qshape(1)': page('qshape(1)', 'print Postfix queue domain and age distribution'),
  'postconf(5)': page('postconf(5)', 'Postfix configuration parameters'),
  'header_checks(5)': page('header_checks(5)', 'Postfix built-in content inspection'),
  'bounce(8)': page('bounce(8)', 'Postfix delivery status reports'),
  'smtpd(8)': page('smtpd(8)', 'Postfix SMTP server'),
  'smtp(8)': page('smtp(8)', 'Postfix SMTP and LMTP client'),
  'sendmail(1)': page('sendmail(1)', 'Postfix to Sendmail compatibility interface'),
  'dig(1)': page('dig(1)', 'DNS lookup utility'),
} satisfies Record<string, Reference>);

export type ReferenceName = keyof typeof references;

/** @returns null when lessons know no such text */
export function referenceNamed(name: string): Reference | null {
  return Object.hasOwn(references, name) ? references[name as ReferenceName] : null;
}

/** The names in braces of a text, {imf}: what it refers to. */
export function referencesIn(text: string): string[] {
  return [...text.replaceAll(/`[^`]*`/g, '').matchAll(/\{([\w()-]+)\}/g)].map(([, name]) => name!);
}
