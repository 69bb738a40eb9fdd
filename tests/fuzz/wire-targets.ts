// Parsers of what comes over the wire: SMTP, DNS, LDAP, IMAP and TLS.
import * as ascii from '../../workers/bytes/ascii.ts';
import { DecodeError } from '../../workers/bytes/byte-reader.ts';
import * as hex from '../../workers/bytes/hex.ts';
import * as utf8 from '../../workers/bytes/utf8.ts';
import { HostRandom } from '../../workers/kernel/random.ts';
import { encodeQuestionOnly, hashQuestion, isPlainQuery } from '../../workers/protocols/dns/question-only.ts';
import * as dns from '../../workers/protocols/dns/message.ts';
import { parseArguments, parseCommandName } from '../../workers/protocols/imap/command.ts';
import { parseFetchItems, parseSection } from '../../workers/protocols/imap/fetch.ts';
import { fetchItems, parseResponse } from '../../workers/protocols/imap/response.ts';
import { parseSearch } from '../../workers/protocols/imap/search.ts';
import { parseSequenceSet } from '../../workers/protocols/imap/sequence-set.ts';
import { normaliseDn, parseDn } from '../../workers/protocols/ldap/dn.ts';
import { FilterError, formatFilter, parseFilter } from '../../workers/protocols/ldap/filter-text.ts';
import * as ldap from '../../workers/protocols/ldap/message.ts';
import { makeLdapFramer } from '../../workers/protocols/ldap/ber.ts';
import { parseCommandLine, parsePathArgument } from '../../workers/protocols/lmtp/command.ts';
import { domainOf, parseEnvelopeAddress, quoteLocalPart } from '../../workers/protocols/smtp/address.ts';
import { formatLexemes, scanAddress } from '../../workers/protocols/smtp/address-lexemes.ts';
import { tokenize } from '../../workers/protocols/smtp/command.ts';
import * as esmtp from '../../workers/protocols/smtp/esmtp-parameters.ts';
import { isAddressLiteral, isHostName, isUtf8HostName } from '../../workers/protocols/smtp/host-name.ts';
import { decodeCertificate } from '../../workers/protocols/tls/certificate.ts';
import { tlsClient, tlsServer } from '../../workers/protocols/tls/index.ts';
import { TlsFailure } from '../../workers/protocols/tls/terms.ts';

import type { Dice } from '../dice.ts';
import { hostCredentials, makeClient, makeServer, Pair } from '../protocols/tls/ends.ts';

import { recordedDialogues } from './recorded.ts';
import { parserTarget, type Target } from './target.ts';

/** All of them. */
export function wireTargets(): Target[] {
  return [
    smtpCommand(),
    smtpAddress(),
    dnsMessage(),
    ldapMessage(),
    ldapText(),
    imapCommand(),
    imapResponse(),
    ...tls(),
  ];
}

function smtpCommand(): Target {
  return parserTarget({
    name: 'SMTP command',
    share: 170,
    seeds: [...new Set(recordedDialogues().flatMap((said) => said.filter((piece) => piece.length < 3000)))],
    words: [
      'MAIL FROM:',
      'RCPT TO:',
      '<',
      '>',
      '"',
      '\\',
      '<<',
      'NOTIFY=SUCCESS',
      'ORCPT=utf-8;',
      '\\x{10FFFF}',
      '+41',
      '[IPv6:',
    ],
    parse: (bytes, text) => {
      for (const { text: token } of tokenize(text)) {
        parseEnvelopeAddress(token);
        const value = token.slice(token.indexOf('=') + 1);
        esmtp.decodeXtext(value);
        esmtp.decodeUnitext(value);
        esmtp.parseNotify(value);
        esmtp.parseOriginalRecipient(value);
        esmtp.parseEnvelopeId(value);
      }
      const line = parseCommandLine(bytes);
      parsePathArgument(line.rest, 'FROM');
    },
  });
}

function smtpAddress(): Target {
  const words = [
    '@',
    '.',
    '"',
    '\\',
    '[',
    ']',
    '(',
    ')',
    '<',
    '>',
    ':',
    ';',
    ',',
    '%',
    '!',
    ' ',
    'a',
    'ü',
    '[127.0.0.1]',
    'IPv6:',
    '::',
    'xn--',
    '-',
    'example',
  ];
  return parserTarget({
    name: 'SMTP address',
    share: 120,
    seeds: [
      'alice@example.com',
      '"a b\\"c"@[192.0.2.1]',
      '@a,@b:c@d.example',
      'user%host@example.com',
      'a (comment (in a comment)) <b@c>',
      'ü@bücher.example',
      '[IPv6:2001:db8::1]',
    ],
    words,
    grammar: (dice) => Array.from({ length: dice.below(14) }, () => dice.pick(words)).join(''),
    parse: (_, text) => {
      formatLexemes(scanAddress(text));
      parseEnvelopeAddress(text);
      quoteLocalPart(text);
      domainOf(text);
      isHostName(text);
      isUtf8HostName(text);
      isAddressLiteral(text);
    },
  });
}

function dnsMessage(): Target {
  const question = { name: 'mta1.acme.example', type: 'MX', class: 1 };
  const query = dns.makeQuery({
    id: 7,
    question,
    recursionDesired: true,
    edns: { udpPayloadBytes: 1232, version: 0, dnssecOk: false, options: [] },
  });
  const record = { name: question.name, class: 1, ttl: 300 };
  const response: dns.DnsMessage = {
    ...dns.makeResponse(query, 0),
    answers: [
      { ...record, type: 'MX', data: { preference: 10, exchange: 'mx.acme.example' } },
      { ...record, type: 'TXT', data: { strings: ['v=spf1 -all', 'x'] } },
    ] as unknown as dns.DnsMessage['answers'],
  };
  return parserTarget({
    name: 'DNS message',
    share: 130,
    seeds: [dns.encodeMessage(query), encodeQuestionOnly(1, 0x100, question)!, dns.encodeMessage(response)],
    words: ['\xc0\x0c', '\0\0\x29', '\x3f', '\0\x01\0\x01', '\xff\xff'],
    refusals: [DecodeError],
    parse: (bytes) => {
      dns.dnsFramer(bytes, bytes.length);
      const isPlain = isPlainQuery(bytes);
      if (isPlain) hashQuestion(bytes);
      const message = dns.decodeMessage(bytes);
      dns.ttlOffsets(bytes);
      for (const answer of message.answers) dns.formatRecord(answer);
      dns.encodeMessage(message);
    },
  });
}

function ldapMessage(): Target {
  const requests = [
    { kind: 'bind-request', version: 3, name: 'cn=x', authentication: { method: 'simple', password: utf8.encode('p') } },
    {
      kind: 'search-request', base: 'dc=acme,dc=example', scope: 2, derefAliases: 0, sizeLimit: 1, timeLimit: 10, typesOnly: false,
      filter: parseFilter('(&(|(mail=a*b*c)(!(uid>=1)))(cn:dn:2.5.13.2:=x))'), attributes: ['mail', '*'],
    },
    { kind: 'add-request', dn: 'uid=x,dc=acme', attributes: [{ type: 'mail', values: [utf8.encode('a@b')] }] },
    { kind: 'modify-request', dn: 'uid=x', changes: [{ operation: 2, type: 'cn', values: [utf8.encode('x')] }] },
    { kind: 'modify-dn-request', dn: 'uid=x', newRdn: 'uid=y', deleteOldRdn: true, newSuperior: 'dc=z' },
    { kind: 'compare-request', dn: 'uid=x', attribute: 'cn', value: utf8.encode('x') },
    { kind: 'extended-request', oid: '1.3.6.1.4.1.4203.1.11.3', value: null },
    { kind: 'delete-request', dn: 'uid=x' },
    { kind: 'unbind-request' },
  ]; // prettier-ignore
  return parserTarget({
    name: 'LDAP message',
    share: 130,
    seeds: requests.map((operation) =>
      ldap.encodeMessage({ id: 5, operation, controls: [] } as unknown as Parameters<
        typeof ldap.encodeMessage
      >[0]),
    ),
    words: [
      '\x30\x84',
      '\x30\x80',
      '\xa2\x02',
      '\xa0\x80',
      '\x02\x01\xff',
      '\x04\x84\x7f\xff\xff\xff',
      '\x87\x01a',
    ],
    refusals: [DecodeError],
    parse: (bytes) => {
      makeLdapFramer(1 << 20)(bytes, bytes.length);
      const { operation } = ldap.decodeMessage(bytes);
      if (operation?.kind === 'search-request' && 'filter' in operation)
        formatFilter(operation.filter as never);
    },
  });
}

function ldapText(): Target {
  return parserTarget({
    name: 'LDAP filter and DN',
    share: 60,
    seeds: [
      '(&(|(mail=a*b*c)(!(uid>=1)))(cn:dn:2.5.13.2:=x\\2a))',
      'uid=bob+cn=Bob\\, B.,ou=people,dc=acme,dc=example',
      '2.5.4.3=#0401ff',
      'cn="quoted",o=x',
    ],
    words: ['(', ')', '&', '|', '!', '*', '=', '\\2', '\\', '#', '+', ',', ':dn:', '~=', '>='],
    grammar: filterText,
    refusals: [FilterError],
    parse: (_, text) => {
      const dn = parseDn(text);
      if (dn !== null) normaliseDn(dn);
      formatFilter(parseFilter(text));
    },
  });
}

function filterText(dice: Dice, depth = 0): string {
  if (depth > 6 || dice.once(2))
    return `(${dice.pick(['cn', 'mail', '2.5.4.3', ''])}${dice.pick(['=', '>=', ':=', '~=', ':dn:='])}${dice.pick(['x', '*', 'a*b', '\\28', ''])})`;
  const inner = Array.from({ length: dice.below(4) }, () => filterText(dice, depth + 1)).join('');
  return `(${dice.pick(['&', '|', '!'])}${inner})`;
}

function imapCommand(): Target {
  return parserTarget({
    name: 'IMAP command',
    share: 70,
    seeds: [
      'a1 LOGIN "alice" {5}\r\nhello', 'a2 UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (From To)]<0.100> ENVELOPE)', 'a3 SEARCH CHARSET UTF-8 OR NOT SEEN (SINCE 1-Feb-2026 LARGER 10) TEXT "x"',
      'a4 STORE 1,3:5 +FLAGS.SILENT (\\Seen custom)', 'a5 APPEND INBOX (\\Seen) "01-Jan-2026 00:00:00 +0000" {3}\r\nabc', 'a6 LIST "" "*"', 'a7 STATUS INBOX (MESSAGES UIDNEXT)',
    ], // prettier-ignore
    words: [
      '(',
      ')',
      '"',
      '\\',
      '{5}\r\n',
      '{4294967296}',
      'BODY[1.2.MIME]',
      'NOT',
      'OR',
      '*',
      ':',
      'UID',
      '[',
      ']',
      '<0.0>',
    ],
    grammar: (dice) => `a SEARCH ${searchText(dice)}`,
    refusals: [DecodeError],
    parse: (bytes, text) => {
      const name = parseCommandName(bytes);
      parseSequenceSet(text);
      parseSection(text);
      const args = parseArguments(bytes, Math.min(bytes.length, name === null ? 0 : text.indexOf(' ') + 1));
      parseFetchItems(args.at(-1));
      parseSearch(args.slice(1));
    },
  });
}

function searchText(dice: Dice, depth = 0): string {
  if (depth > 8 || dice.once(3))
    return dice.pick([
      'ALL',
      'SEEN',
      '1:*',
      'TEXT x',
      'SINCE 1-Jan-2026',
      'SMALLER 9',
      'HEADER a "b"',
      'KEYWORD',
      'UID 1,2',
    ]);
  const inner = searchText(dice, depth + 1);
  return dice.pick([
    `NOT ${inner}`,
    `OR ${inner} ${searchText(dice, depth + 1)}`,
    `(${inner} ${searchText(dice, depth + 1)})`,
  ]);
}

function imapResponse(): Target {
  return parserTarget({
    name: 'IMAP response',
    share: 30,
    seeds: [
      '* OK [CAPABILITY IMAP4rev1] ready',
      'a1 NO [TRYCREATE] no',
      '* 3 FETCH (UID 7 FLAGS (\\Seen) BODY[] {3}\r\nabc)',
      '* LIST (\\HasNoChildren) "." INBOX',
      '+ go on',
    ],
    words: ['(', ')', '{3}\r\n', '"', '* ', ' FETCH ', 'NIL'],
    refusals: [DecodeError],
    parse: (bytes) => fetchItems(parseResponse(bytes)),
  });
}

/** What came to each end in a session, and a fresh end that is as far as before some step of it. */
function tls(): Target[] {
  const fast = { cipherSuites: ['TLS_AES_128_GCM_SHA256'] };
  const pair = new Pair(makeClient(fast), makeServer({ groups: ['P-256'] })).shakeHands();
  const sentBy = (end: string) => pair.wire.filter(({ from }) => from === end).map(({ bytes }) => bytes);
  const words = [
    '\x16\x03\x01',
    '\x17\x03\x03\x40\x00',
    '\x15\x03\x03\0\x02\x01\0',
    '\x14\x03\x03\0\x01\x01',
    '\0\x2b',
    '\0\x33',
  ];
  const server = parserTarget({
    name: 'TLS records, server',
    share: 8,
    seeds: sentBy('client'),
    words,
    parse: (bytes) => {
      const engine = tlsServer({ random: new HostRandom(7, 'server'), credentials: hostCredentials });
      engine.start();
      engine.receive(bytes);
    },
  });
  const client = parserTarget({
    name: 'TLS records, client',
    share: 4,
    seeds: sentBy('server'),
    words,
    parse: (bytes) => {
      const engine = tlsClient({
        random: new HostRandom(7, 'client'),
        serverName: 'mta1.acme.example',
        ...fast,
      });
      engine.start();
      engine.receive(bytes);
    },
  });
  const certificate = parserTarget({
    name: 'X.509 certificate',
    share: 8,
    seeds: [...hostCredentials.certificates],
    words: ['\x30\x82', '\x30\x80', '\x03\x82\x01\x01\0', '\x17\x0d991231235959Z', hexText('06032a8648')],
    refusals: [DecodeError, TlsFailure],
    parse: (bytes) => decodeCertificate(bytes),
  });
  return [server, client, certificate];
}

function hexText(text: string): string {
  return ascii.decode(hex.decode(text)!);
}
