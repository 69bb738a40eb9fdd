// Parsers of texts that people write, and of files: messages, configurations, tables, zones, LDIF, queue files, runs.
import { postcard } from '../../lessons/worlds/postcard/world.ts';
import { concat } from '../../workers/bytes/concat.ts';
import * as utf8 from '../../workers/bytes/utf8.ts';
import { MainCfCheck } from '../../workers/commands/postfix/check-main-cf.ts';
import { parseMasterFile } from '../../workers/commands/postfix/master-file.ts';
import { readAliases, readTable } from '../../workers/commands/postfix/table-source.ts';
import { parseNamedConf } from '../../workers/daemons/named/conf.ts';
import { makeZone } from '../../workers/daemons/named/zone.ts';
import { fieldText, scanMessage } from '../../workers/daemons/postfix/cleanup/header-work.ts';
import { decodeQueueFile, encodeQueueFile } from '../../workers/daemons/postfix/cleanup/queue-file.ts';
import { queueRecords } from '../../workers/daemons/postfix/cleanup/queue-records.ts';
import { expandValue } from '../../workers/daemons/postfix/expand.ts';
import { makeParameters, parseMainCf } from '../../workers/daemons/postfix/main-cf.ts';
import { openTables, type TableContext } from '../../workers/daemons/postfix/maps/open-tables.ts';
import * as postfixCode from '../../workers/daemons/postfix/late-code.ts';
import { parseMasterCf } from '../../workers/daemons/postfix/master-cf.ts';
import { WorldError } from '../../workers/hosts/checked.ts';
import { parseInputs } from '../../workers/hosts/parse-command.ts';
import { parseWorld } from '../../workers/hosts/parse-world.ts';
import { engineVersion } from '../../workers/input.ts';
import type { Os, Proc } from '../../workers/os/os.ts';
import { parseZoneFile, ZoneFileError } from '../../workers/protocols/dns/zone-file.ts';
import {
  formatBodyStructure,
  formatEnvelope,
  parseAddresses,
} from '../../workers/protocols/imap/envelope.ts';
import { LdifError, parseLdif } from '../../workers/protocols/ldap/ldif.ts';
import { findAddresses } from '../../workers/protocols/message/address-list.ts';
import { parseDate } from '../../workers/protocols/message/date.ts';
import { findField, parseHeader } from '../../workers/protocols/message/header.ts';
import { decodeText } from '../../workers/protocols/mime/encoded-word.ts';
import { bodyLines, parseMessage } from '../../workers/protocols/mime/part.ts';
import { formatRun, parseRun } from '../../workers/run-file.ts';

import type { Dice } from '../dice.ts';

import { recordedConfigurations, recordedDialogues, worldFiles } from './recorded.ts';
import { parserTarget, type Target } from './target.ts';

/** All of them. */
export function textTargets(): Target[] {
  return [
    message(),
    mainCf(),
    masterCf(),
    expansion(),
    table(),
    patterns(),
    zone(),
    ldif(),
    queueFile(),
    run(),
  ];
}

function message(): Target {
  const multipart = (inner: string) =>
    `From: a@b\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n${inner}\r\n--x--\r\n`;
  return parserTarget({
    name: 'message',
    share: 70,
    seeds: [
      ...recordedDialogues().flatMap((said) =>
        said.filter((piece) => piece.includes(':') && piece.endsWith('.\r\n')),
      ),
      multipart('Content-Type: message/rfc822\r\n\r\nSubject: =?utf-8?q?=C3=BC?=\r\n\r\nx'),
      multipart(multipart('Content-Type: text/plain; charset*0=ut; charset*1=f-8\r\n\r\nx')),
      'Date: Mon, 5 Jan 2026 09:00:00 +0000 (UTC)\r\nTo: A <a@b>, g: c@d (x), "e, f" <g@h>;\r\n\r\nbody',
    ],
    words: [
      '\r\n',
      '\r\n ',
      ': ',
      '--x\r\n',
      '--x--',
      'Content-Type: multipart/digest; boundary=x\r\n',
      '=?utf-8?b?4pyJ?=',
      'Received: ',
      '"',
      '(',
      '<',
      ';',
    ],
    parse: (bytes, text) => {
      for (const { value } of parseHeader(bytes).fields) {
        decodeText(value);
        parseDate(value);
        parseAddresses(value);
        findAddresses(value);
      }
      findField(bytes, 'subject');
      const part = parseMessage(bytes);
      formatEnvelope(part);
      formatBodyStructure(bytes, part, true);
      bodyLines(bytes, part);
      const scanned = scanMessage([bytes]);
      for (const field of scanned.fields) fieldText(scanned.header, field);
      parseDate(text);
    },
  });
}

const host = { hostName: 'mail.example.com', addresses: ['192.0.2.1'], masterCf: '' };
const parameterWords = [
  '$', '${', '}', '$(', '?', ':', '{', '==', '$myhostname', '${a?{b}:{c}}', '= ', '\n ', '#', 'mynetworks', 'smtpd_recipient_restrictions', 'hash:/etc/x', 'inline:{a=b}', 'compatibility_level', '10d', '$$', 'check_client_access',
]; // prettier-ignore

function mainCf(): Target {
  return parserTarget({
    name: 'main.cf',
    share: 6,
    seeds: [...recordedConfigurations(), ...worldFiles(/main\.cf$/)],
    words: parameterWords,
    grammar: (dice) => Array.from({ length: dice.below(30) }, (_, i) => definition(dice, i)).join(''),
    parse: (_, text) => {
      const { values } = parseMainCf(text);
      const parameters = makeParameters(values, host);
      for (const name of values.keys()) parameters.text(name);
      new MainCfCheck(text, host);
    },
  });
}

// Parameters that name each other, as deep and as often as they like.
function definition(dice: Dice, i: number): string {
  const value = Array.from({ length: dice.below(5) }, () =>
    dice.pick([
      `$p${dice.below(30)}`,
      `$p${i + 1}`,
      '${p1?{$p2}:{$p3}}',
      '${{$p4}<{3}?{x}:{$p5}}',
      'x',
      ' ',
      '$$',
      '${p6',
      dice.pick(parameterWords),
    ]),
  );
  return `${dice.once(8) ? dice.pick(['myhostname', 'mydestination', 'mynetworks', 'alias_maps']) : `p${i}`} = ${value.join('')}\n`;
}

function masterCf(): Target {
  return parserTarget({
    name: 'master.cf',
    share: 30,
    seeds: worldFiles(/master\.cf$/),
    words: [' - ', '\n  -o ', ' inet ', '{', '}', '=', '[::1]:25', ' smtpd', '-o { a = b }', '1000?', '#'],
    parse: (_, text) => {
      parseMasterCf(text);
      parseMasterFile(text);
    },
  });
}

function expansion(): Target {
  return parserTarget({
    name: 'expansion',
    share: 20,
    seeds: ['$a ${b?{$c}:{d}} $(e) ${{$f} >= {3.6} ? {x} : {y}} $$', '${a:${b:${c:d}}}'],
    words: parameterWords,
    parse: (_, text) => expandValue(text, (name) => (name.length % 3 === 0 ? null : text.slice(name.length))),
  });
}

const context: TableContext = {
  recipientDelimiter: '+',
  aliasTables: new Set(),
  *isLocalDomain() {
    return true;
  },
};

/** Runs what does not wait. */
function lookUp(title: string, file: string, keys: readonly string[]): void {
  const bytes = utf8.encode(file);
  const code = function* () {
    return postfixCode;
  };
  const os = { files: { read: () => bytes }, log: () => undefined, code } as unknown as Os;
  const tables = openTables(title, context);
  for (const key of keys) atOnce(tables.lookupAddress(os, key));
}

function atOnce<T>(proc: Proc<T>): T {
  const { done, value } = proc.next();
  if (done !== true) throw new Error('a lookup in a file waits');
  return value;
}

function table(): Target {
  return parserTarget({
    name: 'table',
    share: 40,
    seeds: [
      ...worldFiles(/aliases$/),
      'a@b c@d, e@f\n"a b" x\n@d  y\n  continued\n',
      'inline:{a=b, {c = d e}}',
      'unionmap:{static:a,inline:{b=c}}',
      'proxy:hash:/x, cidr:{ {192.0.2.0/24 OK} }',
    ],
    words: [':', '{', '}', 'proxy:', 'unionmap:{', 'inline:{', '\n ', '"', '\\', '=', ',', '#'],
    parse: (_, text) => {
      readTable('t', text);
      readAliases('t', text);
      lookUp('hash:/x', text, ['a@b', 'a+x@d']);
      lookUp('unix:passwd.byname', text, ['root']);
      const title = text.replaceAll('ldap:', '');
      lookUp(title, 'a b\n', ['a@b']);
    },
  });
}

const patternWords = [
  'a',
  'b',
  '.',
  '*',
  '+',
  '?',
  '(',
  ')',
  '(?:',
  '|',
  '[',
  ']',
  '[^a]',
  '[[:space:]]',
  '{2,}',
  '\\d',
  '\\',
  '^',
  '$',
  'a*',
  '(a|a)*',
  '.*',
  '\\1',
];

function patterns(): Target {
  const flat = 'a'.repeat(60);
  const long = `Subject: ${'a b'.repeat(1300)}`;
  const rule = (dice: Dice) =>
    `/${Array.from({ length: dice.below(9) }, () => dice.pick(patternWords)).join('')}/${dice.pick(['', 'i', 'm', 'A'])} ${dice.pick(['OK', 'REJECT $1', '${2}x', 'PREPEND $(9)'])}\n`;
  return parserTarget({
    name: 'pattern table',
    share: 20,
    seeds: [
      '/^Subject: (.*)spam/ REJECT $1\nif /x/\n!/y/ z\nendif\n',
      '192.0.2.0/24 OK\n!10.0.0.0/8 REJECT\n2001:db8::/32 x\nif 1.2.3.4\nendif\n',
      '/(a+)+$/ x\n',
    ],
    words: ['/', 'if ', 'endif\n', '!', '\n', ...patternWords],
    grammar: (dice) => Array.from({ length: 1 + dice.below(3) }, () => rule(dice)).join(''),
    parse: (_, text) => {
      for (const type of ['regexp', 'pcre', 'cidr'])
        lookUp(`${type}:/x`, text, [flat, `${flat}b`, long, '192.0.2.1']);
    },
  });
}

function zone(): Target {
  return parserTarget({
    name: 'zone file',
    share: 50,
    seeds: worldFiles(/zone|db\.|\.zone|bind/),
    words: [
      '@',
      '(',
      ')',
      ';',
      '"',
      '\\',
      '$ORIGIN',
      '$TTL',
      ' IN ',
      'MX',
      'TXT',
      'SOA',
      '1w2d',
      '\\065',
      '.',
      '\n ',
    ],
    refusals: [ZoneFileError],
    parse: (_, text) => {
      parseNamedConf(text, 'named.conf');
      makeZone('acme.example', parseZoneFile(text, { file: 'zone', origin: 'acme.example' }));
    },
  });
}

function ldif(): Target {
  return parserTarget({
    name: 'LDIF',
    share: 50,
    seeds: worldFiles(/\.ldif$/).flatMap((text) => [text, text.slice(0, 900), text.slice(-700)]),
    words: ['dn: ', 'dn:: ', '\n\n', '\n ', ':: ', ':< ', 'changetype: delete\n', '#', 'version: 1\n'],
    refusals: [LdifError],
    parse: (_, text) => parseLdif(text, 'x.ldif'),
  });
}

function queueFile(): Target {
  const content = [utf8.encode('Subject: x\r\n\r\nbody\r\n')];
  const recipient = {
    address: 'b@c',
    originalAddress: 'ü@c',
    dsnOriginalRecipient: 'rfc822;b@c',
    notify: 'NEVER',
  };
  const whole = encodeQueueFile(
    {
      sender: 'a@b', arrived: 5, created: 9e6, size: content[0]!.length, filter: 'f:[x]', encoding: '8bit', envelopeId: 'e', returnContent: 'FULL', smtpUtf8: true, server: '192.0.2.1:25', submitter: '1000', fullName: 'A',
      client: { name: 'n', address: '192.0.2.9', port: '9', protocol: 'ESMTP', helo: 'h', ident: 'i', source: 'REMOTE' }, recipients: [recipient, recipient],
    },
    content,
  ); // prettier-ignore
  return parserTarget({
    name: 'queue file',
    share: 60,
    seeds: [whole, concat([whole, utf8.encode('D\x010W\0')]), whole.subarray(0, whole.length - 3)],
    words: ['A\x05ret=x', 'R\0', 'D\x019', 'E\0', 'N\xff\xff\xff\xff\x7f', 'C\0', 'T\x01x', 'X\0'],
    parse: (bytes) => {
      decodeQueueFile(bytes);
      queueRecords(bytes);
    },
  });
}

function run(): Target {
  const whole = { version: engineVersion, world: postcard, seed: 1, inputs: postcard.demo };
  const text = formatRun(whole);
  const world = JSON.stringify(whole);
  return parserTarget({
    name: 'run file',
    share: 30,
    seeds: [text, world, JSON.stringify(postcard.demo)],
    words: [
      'null',
      '-1',
      '1e999',
      '[]',
      '{}',
      '"',
      '"at":',
      '"kind":"host.run"',
      ',',
      '"__proto__":',
      '"argv":[]',
      '9007199254740993',
      '"\\u0000"',
    ],
    refusals: [WorldError],
    parse: (_, given) => {
      refusing(() => parseRun(given));
      let read: unknown;
      try {
        read = JSON.parse(given);
      } catch {
        return;
      }
      refusing(() => parseInputs(read, 'inputs'));
      refusing(() => parseWorld((read as { world?: unknown } | null)?.world));
    },
  });
}

function refusing(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
  }
}
