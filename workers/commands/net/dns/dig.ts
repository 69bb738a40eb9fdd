/**
 * dig — asks name servers and shows what they answer, in the layout of BIND 9.18
 *
 * SEE ALSO  dig-options.ts (the command line), dig-trace.ts (+trace), ask.ts, record-text.ts
 */
import { encodeMessage, type DnsMessage } from '../../../protocols/dns/message.ts';

import { SECOND, type Proc } from '../../../os/os.ts';

import { formatTime } from '../../host/civil-time.ts';
import type { Process } from '../../shell/process.ts';
import type { RawTool } from '../../shell/tool.ts';
import { addressesOf } from '../addresses.ts';

import {
  ask,
  configuredServers,
  queryFor,
  type Answer,
  type NoAnswer,
  type Question,
  type Server,
} from './ask.ts';
import { digMissing, parseDig, type CommandLine, type DigOptions, type Lookup } from './dig-options.ts';
import { trace } from './dig-trace.ts';
import { dataText, headerText, optText, questionLine, sectionLines, type Style } from './record-text.ts';

const version = '9.18.49-1~deb12u3-Debian';
const usage = `Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}
            {global-d-opt} host [@local-server] {local-d-opt}
            [ host [@local-server] {local-d-opt} [...]]
`;
const exitNoReply = 9;

export const dig: RawTool = {
  summary: 'ask a name server: dig [@SERVER] NAME [TYPE]',
  synopsis: '[@SERVER] [-x ADDRESS | NAME] [TYPE] [+OPTION]…',
  description: `@SERVER: ask this one (default: those of /etc/resolv.conf)
    TYPE or -t TYPE: A, MX, NS, TXT, SOA, CNAME, PTR, ANY, AXFR …; -x ADDRESS: the name of an address
    -p PORT; -q NAME; -c CLASS; -u microseconds
    +short: the data alone; +noall +answer: nothing but the answer
    +trace: from the root servers down; +norecurse: what the server knows itself
    +tcp: not over UDP; +ignore: not over TCP when the answer is cut off
    +[no]cmd +[no]comments +[no]question +[no]answer +[no]authority +[no]additional +[no]stats +[no]all
    +[no]class +[no]ttlid +ttlunits +multiline +identify +qr: what is shown
    +[no]edns +bufsize=BYTES +[no]cookie +[no]dnssec +[no]adflag +[no]cdflag: what is asked
    +time=SECONDS +tries=NUM +retry=NUM: how long it waits

    NOT IN THIS SIMULATOR: -6 -b -f -k -y, ${digMissing.map((name) => `+${name}`).join(' ')}`,
  *run(me) {
    const line = parseDig(me.args);
    for (const warning of line.warnings) yield* me.print(`${warning}\n`);
    if (line.instead !== null) return yield* sayInstead(me, line.instead);
    const banner = new Banner(me, line);
    let status = 0;
    for (const lookup of line.lookups) {
      const one = yield* runLookup(me, line, lookup, banner);
      if (one !== 0) status = one;
    }
    return status;
  },
};

function* sayInstead(me: Process, { kind, text }: NonNullable<CommandLine['instead']>): Proc<number> {
  if (kind === 'missing') return yield* me.fail(`the real tool has ${text}; this simulator doesn't yet`);
  if (kind === 'bad-name') return yield* me.fail(text, 10);
  if (kind === 'version') yield* me.write(2, `DiG ${version}\n`);
  else if (kind === 'help') yield* me.print(`${usage}\n"man dig" says which options there are.\n`);
  else {
    const more = 'Use "dig -h" (or "dig -h | more") for complete list of options\n';
    yield* me.write(2, `${text}\n${usage}\n${more}`);
  }
  return kind === 'usage' ? 1 : 0;
}

/** "; <<>> DiG …", once. */
class Banner {
  readonly #me: Process;
  readonly #line: CommandLine;
  #said = false;

  constructor(me: Process, line: CommandLine) {
    this.#me = me;
    this.#line = line;
  }
  *say(options: DigOptions): Proc<void> {
    if (this.#said || !options.cmd) return;
    this.#said = true;
    const args = this.#me.args.map((arg) => ` ${arg}`).join('');
    const count = this.#line.globalServers;
    const found = count === 0 ? '' : `; (${count} server${count === 1 ? '' : 's'} found)\n`;
    yield* this.#me.print(`\n; <<>> DiG ${version} <<>>${args}\n${found};; global options: +cmd\n`);
  }
}

function* runLookup(me: Process, line: CommandLine, lookup: Lookup, banner: Banner): Proc<number> {
  const servers = yield* serversOf(me, line, lookup);
  if (servers === null) return 1;
  const { options } = lookup;
  if (options.trace) {
    yield* banner.say(options);
    return yield* trace(me, { ...lookup, servers }, { print: printAnswer, questionOf, failed: printFailure });
  }
  const query = queryFor(me.os, questionOf(lookup));
  if (options.qr) {
    yield* banner.say(options);
    yield* me.print(
      `;; Sending:\n${messageText(query, lookup)};; QUERY SIZE: ${encodeMessage(query).length}\n\n`,
    );
  }
  const answer = yield* askAll(me, { servers, query, lookup });
  if (answer === null) {
    if (options.tcp !== true) {
      yield* banner.say(options);
      yield* me.print(';; no servers could be reached\n');
    }
    return exitNoReply;
  }
  yield* banner.say(options);
  if (lookup.type === 'AXFR' && answer.message.rcode !== 0) yield* me.print('; Transfer failed.\n');
  else yield* printAnswer(me, answer, lookup);
  return 0;
}

function* serversOf(me: Process, { port }: CommandLine, lookup: Lookup): Proc<Server[] | null> {
  if (lookup.servers.length === 0) return configuredServers(me.os, port);
  const servers: Server[] = [];
  for (const given of lookup.servers) {
    const addresses = yield* addressesOf(me.os, given);
    if (typeof addresses === 'string') {
      yield* me.fail(`couldn't get address for '${given}': not found`);
      return null;
    }
    servers.push(...addresses.map((address) => ({ address, port, given })));
  }
  return servers;
}

function questionOf({ name, type, class: cls, options }: Omit<Lookup, 'servers'>): Question {
  const { recurse, ad, cd, udpBytes, dnssec, cookie } = options;
  return {
    name,
    type,
    class: cls,
    recurse,
    authenticData: ad,
    checkingDisabled: cd,
    edns: options.edns ? { udpBytes, dnssecOk: dnssec, cookie } : null,
  };
}

interface Asking {
  servers: readonly Server[];
  query: DnsMessage;
  lookup: Lookup;
}

/** Tries the servers in turn; says what went wrong. */
function* askAll(me: Process, { servers, query, lookup }: Asking): Proc<Answer | null> {
  const { options, type } = lookup;
  const overTcp = options.tcp ?? (type === 'ANY' || type === 'AXFR');
  const timeoutUs = options.timeoutSeconds * SECOND;
  for (const server of servers)
    for (let i = 0; i < options.tries; i++) {
      let tcp = overTcp;
      let answer = yield* ask(me.os, { server, query, tcp, timeoutUs });
      if (typeof answer !== 'string' && answer.message.truncated && !tcp && !options.ignoreTruncation) {
        tcp = true;
        yield* me.print(options.comments ? ';; Truncated, retrying in TCP mode.\n' : '');
        answer = yield* ask(me.os, { server, query, tcp, timeoutUs });
      }
      if (typeof answer !== 'string') return answer;
      yield* printFailure(me, { server, why: answer, tcp, name: lookup.name });
    }
  return null;
}

function* printFailure(
  me: Process,
  { server, why, tcp, name }: { server: Server; why: NoAnswer; tcp: boolean; name: string },
): Proc<void> {
  const { address, port, given } = server;
  if (!tcp || why === 'end of file' || why === 'malformed')
    yield* me.print(`;; communications error to ${address}#${port}: ${why}\n`);
  else {
    const shown = name === '' ? '.' : name;
    yield* me.print(
      `;; Connection to ${address}#${port}(${given}) for ${shown} failed: ${why}.\n` +
        ';; no servers could be reached\n',
    );
  }
}

function* printAnswer(me: Process, answer: Answer, lookup: Omit<Lookup, 'servers'>): Proc<void> {
  const { options } = lookup;
  const { message } = answer;
  if (options.short) return yield* printShort(me, answer, options);
  if (options.comments) yield* me.print(';; Got answer:\n');
  yield* me.print(messageText(message, lookup));
  if (options.trace) {
    const { address, port, given } = answer.server;
    const ms = Math.floor(answer.us / 1000);
    yield* me.print(`;; Received ${answer.bytes} bytes from ${address}#${port}(${given}) in ${ms} ms\n\n`);
  } else if (options.stats) yield* me.print(statsText(me, answer, options) + (options.comments ? '\n' : ''));
}

function* printShort(me: Process, { message, server, us }: Answer, options: DigOptions): Proc<void> {
  const from = options.identify ? ` from server ${server.address} in ${Math.floor(us / 1000)} ms.` : '';
  for (const record of message.answers)
    yield* me.print(`${options.trace ? `${record.type} ` : ''}${dataText(record)}${from}\n`);
}

function messageText(m: DnsMessage, { options }: Omit<Lookup, 'servers'>): string {
  const style: Style = { ...options };
  const end = options.comments ? '\n' : '';
  let text = '';
  if (options.comments) {
    text += headerText(m);
    if (m.response && m.recursionDesired && !m.recursionAvailable)
      text += ';; WARNING: recursion requested but not available\n';
    text += '\n';
    if (m.edns !== null) text += optText(m.edns);
  }
  if (options.question && m.questions.length > 0) {
    if (options.comments) text += ';; QUESTION SECTION:\n';
    text += m.questions.map((question) => questionLine(question, style)).join('') + end;
  }
  const sections = [
    ['ANSWER', m.answers, options.answer],
    ['AUTHORITY', m.authorities, options.authority],
    ['ADDITIONAL', m.additionals, options.additional],
  ] as const;
  for (const [name, records, isShown] of sections) {
    if (!isShown || records.length === 0) continue;
    if (options.comments) text += `;; ${name} SECTION:\n`;
    text += sectionLines(records, style) + end;
  }
  return text;
}

function statsText(me: Process, { us, server, overTcp, bytes }: Answer, options: DigOptions): string {
  const time = options.microseconds ? `${us} usec` : `${Math.floor(us / 1000)} msec`;
  const when = formatTime('%a %b %d %H:%M:%S %Z %Y', me.os.epochUs());
  return (
    `;; Query time: ${time}\n` +
    `;; SERVER: ${server.address}#${server.port}(${server.given}) (${overTcp ? 'TCP' : 'UDP'})\n` +
    `;; WHEN: ${when}\n` +
    `;; MSG SIZE  rcvd: ${bytes}\n`
  );
}
