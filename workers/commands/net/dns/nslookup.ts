/**
 * nslookup — asks a name server, one name at a time or many from the input
 *
 * As nslookup of BIND 9.18; of its "set" options, type, port, timeout, retry and recurse.
 */
import { SECOND, type Proc } from '../../../os/os.ts';

import type { DnsMessage, DnsRecord } from '../../../protocols/dns/message.ts';
import { isName } from '../../../protocols/dns/name.ts';
import type { Soa } from '../../../protocols/dns/rdata/index.ts';
import { rcodeName, typeName, typeNumber } from '../../../protocols/dns/types.ts';

import type { Process } from '../../shell/process.ts';
import type { RawTool } from '../../shell/tool.ts';
import { addressesOf, isAddress } from '../addresses.ts';

import { ask, configuredServers, queryFor, reverseName, type Answer, type Server } from './ask.ts';
import { dataText } from './record-text.ts';

export const nslookup: RawTool = {
  summary: 'ask a name server: nslookup [-type=TYPE] NAME [SERVER]',
  synopsis: '[-type=TYPE] [-port=PORT] [-timeout=SECONDS] [-retry=NUM] [-norecurse] [NAME [SERVER]]',
  description: `Without NAME it reads lines: a name; "server NAME"; "set type=TYPE"; "exit".`,
  *run(me) {
    const session = new Session(me);
    const operands: string[] = [];
    for (const arg of me.args) {
      if (!arg.startsWith('-') || arg === '-') operands.push(arg);
      else if (!(yield* session.set(arg.slice(1)))) return 1;
    }
    const [name, server] = operands;
    if (server !== undefined && !(yield* session.useServer(server))) return 1;
    if (name !== undefined && name !== '-') return yield* session.lookUp(name);
    return yield* session.converse();
  },
};

class Session {
  readonly #me: Process;
  #type = 'A';
  #isTypeSet = false;
  #port = 53;
  #timeout = 5;
  #tries = 3;
  #recurse = true;
  #server: { given: string; addresses: readonly string[] } | null = null;

  constructor(me: Process) {
    this.#me = me;
  }

  *converse(): Proc<number> {
    const me = this.#me;
    const isTyped = me.input.kind === 'terminal';
    let status = 0;
    for (;;) {
      if (isTyped) yield* me.print('> ');
      const line = yield* me.input.readLine(me.os);
      if (line === '') {
        if (isTyped) yield* me.print('\n');
        return status;
      }
      const [word = '', argument = '', ...more] = line.trim().split(/\s+/);
      if (word === 'exit') return status;
      if (word === '') continue;
      if (word === 'set') {
        for (const option of [argument, ...more]) yield* this.set(option);
      } else if (word === 'server' || word === 'lserver') {
        if (yield* this.useServer(argument)) yield* this.#showServer();
      } else {
        if (argument !== '' && !(yield* this.useServer(argument))) continue;
        status = yield* this.lookUp(word);
      }
    }
  }

  *useServer(given: string): Proc<boolean> {
    const addresses = yield* addressesOf(this.#me.os, given);
    if (typeof addresses === 'string') {
      yield* this.#me.fail(`couldn't get address for '${given}': not found`);
      return false;
    }
    this.#server = { given, addresses };
    return true;
  }

  *#showServer(): Proc<void> {
    const { given, addresses } = this.#server!;
    yield* this.#me.print(`Default server: ${given}\n`);
    for (const address of addresses) yield* this.#me.print(`Address: ${address}#${this.#port}\n`);
  }

  /** An option, without its hyphen. @returns false when it is none */
  *set(option: string): Proc<boolean> {
    const [name = '', value = ''] = option.split('=');
    const number = /^\d{1,5}$/.test(value) ? Number(value) : 0;
    if (/^(?:ty?|type|q|querytype|query)$/.test(name)) {
      const type = typeNumber(value.toUpperCase());
      if (type === null) yield* this.#me.print(`unknown query type: ${value}\n`);
      else {
        this.#type = typeName(type);
        this.#isTypeSet = true;
      }
    } else if (name === 'port' && number > 0) this.#port = number;
    else if (name === 'timeout' && number > 0) this.#timeout = Math.min(number, 300);
    else if (name === 'retry') this.#tries = Math.max(1, Math.min(number, 20));
    else if (name === 'recurse' || name === 'norecurse') this.#recurse = name === 'recurse';
    else {
      yield* this.#me.fail(
        `this simulator has no "${option}"; it has type=, port=, timeout=, retry= and recurse`,
      );
      return false;
    }
    return true;
  }

  *lookUp(given: string): Proc<number> {
    const name = given.endsWith('.') ? given.slice(0, -1) : given;
    if (isAddress(given)) return yield* this.#lookUpOne(reverseName(given), 'PTR');
    if (!isName(name)) return yield* this.#me.fail(`'${given}' is not in legal name syntax (empty label)`);
    return yield* this.#lookUpOne(name, this.#type);
  }

  *#lookUpOne(name: string, type: string): Proc<number> {
    const me = this.#me;
    const answer = yield* this.#ask(name, type);
    if (answer === null) return 1;
    const { message, server } = answer;
    const isReverse = type === 'PTR' && !this.#isTypeSet;
    if (!isReverse)
      yield* me.print(`Server:\t\t${server.given}\nAddress:\t${server.address}#${server.port}\n\n`);
    if (message.rcode !== 0) {
      yield* me.print(`** server can't find ${name}: ${rcodeName(message.rcode)}\n\n`);
      return 1;
    }
    const isAboutAddresses = type === 'A' && !this.#isTypeSet;
    const more = isAboutAddresses ? yield* this.#ask(aliasedTo(message, name), 'AAAA') : null;
    const found = [
      ...message.answers,
      ...(more?.message.answers ?? []).filter(({ type: t }) => t === 'AAAA'),
    ];
    if (!message.authoritative && !isReverse) yield* me.print('Non-authoritative answer:\n');
    const hasAny = found.some((record) => type === 'ANY' || record.type === type || record.type === 'AAAA');
    if (!hasAny && !found.some((record) => record.type === 'CNAME'))
      yield* me.print(`*** Can't find ${name}: No answer\n`);
    yield* me.print(found.map(answerText).join(''));
    const isPlain = type === 'A' || type === 'AAAA';
    if (!message.authoritative && !isPlain && found.length > 0)
      yield* me.print(
        `\nAuthoritative answers can be found from:\n` +
          [...message.authorities, ...message.additionals].map(laterText).join(''),
      );
    yield* me.print('\n');
    return 0;
  }

  *#ask(name: string, type: string): Proc<Answer | null> {
    const me = this.#me;
    const query = queryFor(me.os, {
      name,
      type,
      class: 1,
      recurse: this.#recurse,
      authenticData: false,
      checkingDisabled: false,
      edns: null,
    });
    for (const server of this.#servers())
      for (let i = 0; i < this.#tries; i++) {
        const options = { server, query, timeoutUs: this.#timeout * SECOND };
        let answer = yield* ask(me.os, { ...options, tcp: type === 'ANY' });
        if (typeof answer !== 'string' && answer.message.truncated)
          answer = yield* ask(me.os, { ...options, tcp: true });
        if (typeof answer !== 'string') return answer;
        yield* me.print(`;; communications error to ${server.address}#${server.port}: ${answer}\n`);
      }
    yield* me.print(';; no servers could be reached\n\n');
    return null;
  }

  #servers(): Server[] {
    const chosen = this.#server;
    if (chosen === null) return configuredServers(this.#me.os, this.#port);
    return chosen.addresses.map((address) => ({ address, port: this.#port, given: chosen.given }));
  }
}

function aliasedTo(message: DnsMessage, name: string): string {
  const alias = message.answers.findLast(({ type }) => type === 'CNAME');
  return alias === undefined ? name : (alias.data as { host: string }).host;
}

const phrases: Readonly<Record<string, string>> = Object.freeze({
  CNAME: 'canonical name =',
  MX: 'mail exchanger =',
  NS: 'nameserver =',
  PTR: 'name =',
  TXT: 'text =',
});

function answerText(record: DnsRecord): string {
  const { name, type } = record;
  if (type === 'A' || type === 'AAAA') return `Name:\t${name}\nAddress: ${dataText(record)}\n`;
  if (type === 'SOA') return soaText(record);
  return `${name}\t${phrases[type] ?? `rdata_${typeNumber(type) ?? 0} =`} ${dataText(record)}\n`;
}

function laterText(record: DnsRecord): string {
  const { name, type } = record;
  if (type === 'A') return `${name}\tinternet address = ${dataText(record)}\n`;
  if (type === 'AAAA') return `${name}\thas AAAA address ${dataText(record)}\n`;
  return answerText(record);
}

function soaText({ name, data }: DnsRecord): string {
  const soa = data as Soa;
  return (
    `${name}\n\torigin = ${soa.mname}\n\tmail addr = ${soa.rname}\n\tserial = ${soa.serial}\n` +
    `\trefresh = ${soa.refresh}\n\tretry = ${soa.retry}\n` +
    `\texpire = ${soa.expire}\n\tminimum = ${soa.minimum}\n`
  );
}
