/**
 * dig-trace — dig +trace: asks for the root servers, then asks down, each zone's servers for the next
 *
 * The first question goes to the host's own resolver, and the addresses of name servers come from there too:
 * only the question itself is put to the servers of the zones.
 */
import { SECOND, type Proc } from '../../../os/os.ts';

import { canonicalName, isWithin, splitLabels } from '../../../protocols/dns/name.ts';
import type { DnsRecord } from '../../../protocols/dns/message.ts';

import type { Process } from '../../shell/process.ts';
import { addressesOf } from '../addresses.ts';

import { ask, queryFor, type Answer, type NoAnswer, type Question, type Server } from './ask.ts';
import type { Lookup } from './dig-options.ts';

type Asked = Omit<Lookup, 'servers'>;

/** What dig does with what comes. */
export interface TraceOutput {
  print(me: Process, answer: Answer, asked: Asked): Proc<void>;
  failed(me: Process, failure: { server: Server; why: NoAnswer; tcp: boolean; name: string }): Proc<void>;
  questionOf(asked: Asked): Question;
}

const stepsMax = 32;
const exitNoReply = 9;

/** @returns the exit status */
export function* trace(
  me: Process,
  lookup: Asked & { servers: readonly Server[] },
  output: TraceOutput,
): Proc<number> {
  let asked: Asked = { ...lookup, name: '', type: 'NS', options: { ...lookup.options, recurse: true } };
  let servers = lookup.servers;
  let zone = -1; // labels of the zone that was reached
  for (let step = 0; step < stepsMax; step++) {
    const answer = yield* askAny(me, servers, asked, output);
    if (answer === null) {
      yield* me.print(';; no servers could be reached\n');
      return exitNoReply;
    }
    yield* output.print(me, answer, asked);
    const { answers, authorities } = answer.message;
    if (step > 0 && answers.length > 0) return 0;
    const delegation = delegationIn(step === 0 ? answers : authorities, lookup.name, zone);
    if (delegation === null) return 0;
    zone = delegation.labels;
    servers = yield* serversOf(me, delegation.hosts, servers[0]?.port ?? 53);
    asked = { ...lookup };
  }
  return 0;
}

function* askAny(
  me: Process,
  servers: readonly Server[],
  asked: Asked,
  output: TraceOutput,
): Proc<Answer | null> {
  const { tries, timeoutSeconds } = asked.options;
  const tcp = asked.options.tcp === true;
  for (const server of servers)
    for (let i = 0; i < tries; i++) {
      const query = queryFor(me.os, output.questionOf(asked));
      const options = { server, query, timeoutUs: timeoutSeconds * SECOND };
      let answer = yield* ask(me.os, { ...options, tcp });
      if (typeof answer !== 'string' && answer.message.truncated && !tcp)
        answer = yield* ask(me.os, { ...options, tcp: true });
      if (typeof answer !== 'string') return answer;
      yield* output.failed(me, { server, why: answer, tcp, name: asked.name });
    }
  return null;
}

/** The name servers of a zone that is nearer to the name than the last one. */
function delegationIn(
  records: readonly DnsRecord[],
  name: string,
  reached: number,
): { hosts: string[]; labels: number } | null {
  const isNearer = (owner: string): boolean =>
    isWithin(canonicalName(name), canonicalName(owner)) && splitLabels(owner).length > reached;
  const found = records.filter(({ type, name: owner }) => type === 'NS' && isNearer(owner));
  const [first] = found;
  if (first === undefined) return null;
  return {
    hosts: found.map(({ data }) => (data as { host: string }).host),
    labels: splitLabels(first.name).length,
  };
}

function* serversOf(me: Process, hosts: readonly string[], port: number): Proc<Server[]> {
  const servers: Server[] = [];
  for (const given of hosts) {
    const addresses = yield* addressesOf(me.os, `${given}.`);
    if (typeof addresses === 'string') {
      yield* me.print(`couldn't get address for '${given}': not found\n`);
      continue;
    }
    servers.push(...addresses.map((address) => ({ address, port, given })));
  }
  return me.os.random.shuffle(servers);
}
