/**
 * host — asks about a name in short sentences
 *
 * As host of BIND 9.18: the addresses and mail exchangers of a name, or the name of an address.
 */
import { SECOND, type Proc } from '../../../os/os.ts';

import type { DnsMessage, DnsRecord } from '../../../protocols/dns/message.ts';
import { isName } from '../../../protocols/dns/name.ts';
import { rcodeName, typeName, typeNumber } from '../../../protocols/dns/types.ts';

import type { Process } from '../../shell/process.ts';
import { parseCount, type Options, type Tool } from '../../shell/tool.ts';
import { addressesOf, isAddress } from '../addresses.ts';

import { ask, configuredServers, queryFor, reverseName, type Answer, type Server } from './ask.ts';
import { dataText, headerText, questionLine, sectionLines, usualStyle } from './record-text.ts';

const sentences: Readonly<Record<string, string>> = Object.freeze({
  A: 'has address',
  AAAA: 'has IPv6 address',
  CNAME: 'is an alias for',
  MX: 'mail is handled by',
  NS: 'name server',
  PTR: 'domain name pointer',
  SOA: 'has SOA record',
  TXT: 'descriptive text',
});
const usualTypes = Object.freeze(['A', 'AAAA', 'MX']);

export const host: Tool = {
  summary: 'look up a name or an address: host NAME [SERVER]',
  synopsis: '[-a] [-t TYPE] [-rTv] [-W SECONDS] [-R NUM] [-p PORT] NAME [SERVER]',
  options: [
    ['-t TYPE', 'records of this type'],
    ['-a', 'all records, in full: -v -t ANY'],
    ['-v', 'the whole answer'],
    ['-d', 'the same'],
    ['-r', 'only what the server knows itself'],
    ['-T', 'over TCP'],
    ['-W SECONDS', 'wait so long (5)'],
    ['-w', 'wait long'],
    ['-R NUM', 'ask again so many times (1)'],
    ['-p PORT', "the server's port"],
    ['-4', 'no effect'],
  ],
  missing: '-6 -A -C -c -i -l -m -N -s -U -V',
  *run(me, options) {
    const [name, server, more] = options.operands;
    if (name === undefined || more !== undefined) return yield* usage(me);
    const wanted = options.value('t')?.toUpperCase() ?? (options.has('a') ? 'ANY' : null);
    const number = wanted === null ? null : typeNumber(wanted);
    if (wanted !== null && number === null)
      return yield* me.fail(`invalid type: ${wanted.toLowerCase()}\n`, 2);
    const bare = name.endsWith('.') ? name.slice(0, -1) : name;
    if (!isName(bare)) return yield* me.fail(`'${name}' is not in legal name syntax (empty label)`);
    const servers = yield* serversFor(me, server, parseCount(options.value('p')) ?? 53);
    if (servers === null) return 1;
    const asker = new Asker(me, options, servers);
    if (number === null && isAddress(name))
      return yield* asker.about(`${reverseName(name)}`, 'PTR', `${reverseName(name)}.`);
    if (number !== null) return yield* asker.about(bare, typeName(number), bare);
    return yield* asker.usual(bare);
  },
};

function* usage(me: Process): Proc<number> {
  yield* me.write(2, `Usage: ${me.name} ${host.synopsis}\n`);
  return 1;
}

function* serversFor(me: Process, given: string | undefined, port: number): Proc<Server[] | null> {
  if (given === undefined) return configuredServers(me.os, port);
  const addresses = yield* addressesOf(me.os, given);
  if (typeof addresses === 'string') {
    yield* me.fail(`couldn't get address for '${given}': not found`);
    return null;
  }
  return addresses.map((address) => ({ address, port, given }));
}

class Asker {
  readonly #me: Process;
  readonly #options: Options;
  readonly #servers: readonly Server[];
  #introduced = false;

  constructor(me: Process, options: Options, servers: readonly Server[]) {
    this.#me = me;
    this.#options = options;
    this.#servers = servers;
  }

  /** Addresses and mail exchangers, of what the name is an alias for. */
  *usual(given: string): Proc<number> {
    let name = given;
    for (const type of usualTypes) {
      const answer = yield* this.#ask(name, type);
      if (answer === null) return 1;
      const { message } = answer;
      yield* this.#introduce(answer.server);
      if (message.rcode !== 0) return yield* this.#notFound(given, message);
      yield* this.#show(name, answer);
      for (const record of message.answers)
        if (record.type === 'CNAME') name = (record.data as { host: string }).host;
    }
    return 0;
  }

  /** Records of one type. */
  *about(name: string, type: string, shown: string): Proc<number> {
    const answer = yield* this.#ask(name, type);
    if (answer === null) return 1;
    const { message } = answer;
    yield* this.#introduce(answer.server);
    if (message.rcode !== 0) return yield* this.#notFound(shown, message);
    yield* this.#show(name, answer);
    const isThere = type === 'ANY' || message.answers.some((record) => record.type === type);
    if (!isThere && !this.#isVerbose) yield* this.#me.print(`${name} has no ${type} record\n`);
    return 0;
  }

  get #isVerbose(): boolean {
    return this.#options.has('v') || this.#options.has('a') || this.#options.has('d');
  }

  *#introduce({ given, address, port }: Server): Proc<void> {
    if (this.#introduced || this.#options.operands.length < 2) return;
    this.#introduced = true;
    yield* this.#me.print(`Using domain server:\nName: ${given}\nAddress: ${address}#${port}\nAliases: \n\n`);
  }

  *#notFound(name: string, { rcode }: DnsMessage): Proc<number> {
    yield* this.#me.print(`Host ${name} not found: ${rcode}(${rcodeName(rcode)})\n`);
    return 1;
  }

  *#show(name: string, answer: Answer): Proc<void> {
    const { message, server, bytes, us } = answer;
    if (!this.#isVerbose) {
      yield* this.#me.print(message.answers.map((record) => `${sentence(record)}\n`).join(''));
      return;
    }
    const { address, port } = server;
    const received = `Received ${bytes} bytes from ${address}#${port} in ${Math.floor(us / 1000)} ms\n`;
    yield* this.#me.print(`Trying "${name}"\n${headerText(message)}\n${sections(message)}${received}`);
  }

  *#ask(name: string, type: string): Proc<Answer | null> {
    const options = this.#options;
    const query = queryFor(this.#me.os, {
      name,
      type,
      class: 1,
      recurse: !options.has('r'),
      authenticData: false,
      checkingDisabled: false,
      edns: null,
    });
    const seconds = options.has('w') ? 300 : Math.min(parseCount(options.value('W')) ?? 5, 300);
    const tries = Math.min(parseCount(options.value('R')) ?? 1, 20) + 1;
    let tcp = options.has('T') || (type === 'ANY' && !options.has('a'));
    for (const server of this.#servers)
      for (let i = 0; i < tries; i++) {
        const answer = yield* ask(this.#me.os, {
          server,
          query,
          tcp,
          timeoutUs: Math.max(seconds, 1) * SECOND,
        });
        if (typeof answer !== 'string' && answer.message.truncated && !tcp) {
          tcp = true;
          i--;
        } else if (typeof answer !== 'string') return answer;
        else
          yield* this.#me.print(`;; communications error to ${server.address}#${server.port}: ${answer}\n`);
      }
    yield* this.#me.print(';; no servers could be reached\n');
    return null;
  }
}

function sentence(record: DnsRecord): string {
  const words = sentences[record.type] ?? `has ${record.type} record`;
  return `${record.name} ${words} ${dataText(record)}`;
}

function sections(m: DnsMessage): string {
  const questions = m.questions.map((question) => questionLine(question, usualStyle)).join('');
  let text = `;; QUESTION SECTION:\n${questions}\n`;
  const parts = [
    ['ANSWER', m.answers],
    ['AUTHORITY', m.authorities],
    ['ADDITIONAL', m.additionals],
  ] as const;
  for (const [name, records] of parts)
    if (records.length > 0) text += `;; ${name} SECTION:\n${sectionLines(records, usualStyle)}\n`;
  return text;
}
