// What the page's ladder decodes of a saved run, as JSON; and the same run with TLS between the mail hosts.
//   ladder RUN.json UNTIL_US          → { smtp, dns, ldap }: what clients said, by "address:port", of DNS by "from > to"
//   ladder --with-tls RUN.json OUT.json
import { readFileSync, writeFileSync } from 'node:fs';

import { ConversationsFold } from '../../src/decode/conversations.ts';
import { namesOf } from '../../src/decode/names.ts';
import { TraceStore } from '../../src/sim/trace-store.ts';
import { roles } from '../../workers/hosts/all-roles.ts';
import { LocalPartition } from '../../workers/partition-port.ts';
import { formatRun, parseRun } from '../../workers/run-file.ts';
import { Simulation } from '../../workers/simulation.ts';

type Said = Record<string, string[]>;

async function conversationsOf(file: string, until: number): Promise<ConversationsFold> {
  const run = parseRun(readFileSync(file, 'utf8'));
  const simulation = await Simulation.boot({
    run,
    placement: 'one',
    keepTrace: true,
    start: (spec) => new LocalPartition(spec, roles),
  });
  const store = new TraceStore();
  const fold = new ConversationsFold({
    world: run.world,
    names: namesOf(run.world),
    byId: (id) => store.byId(id),
  });
  await simulation.runUntil(until);
  const chunk = simulation.takeTrace();
  if (chunk !== null) store.append(chunk);
  for (let i = 0; i < store.length; i++) {
    const event = store.event(i)!;
    if (fold.kinds.has(event.kind)) fold.add(event);
  }
  return fold;
}

function saidIn(fold: ConversationsFold): { smtp: Said; dns: Said; ldap: Said } {
  const said = { smtp: {} as Said, dns: {} as Said, ldap: {} as Said };
  const note = (list: Said, client: string, text: string) => (list[client] ??= []).push(text);
  for (const { protocol, client, server, lines } of fold.conversations) {
    const from = `${client.address}:${client.port}`;
    let dot = 0;
    for (const { side, kind, role, text, about, event } of lines) {
      // tshark 4.0 takes all that follows DATA for the letter, also when DATA is refused; and it shows no command that
      // shares its segment with the dot.
      if (/^[45]\d\d DATA$/.test(role)) break;
      if (side !== 'client') continue;
      if (role === 'end') dot = event;
      if ((protocol === 'smtp' || protocol === 'lmtp') && kind === 'text' && event !== dot)
        note(said.smtp, from, text);
      if (protocol === 'ldap' && role === 'search-request') note(said.ldap, from, filterIn(text));
      if (protocol === 'dns' && kind === 'message')
        note(said.dns, `${client.address} > ${server.address}`, about);
    }
  }
  return said;
}

/** SearchRequest sub "dc=example" (cn=a) cn */
function filterIn(text: string): string {
  const start = text.indexOf('" (') + 2;
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    if (text[i] === '(') depth++;
    if (text[i] === ')' && --depth === 0) return text.slice(start, i + 1);
  }
  return text;
}

/** mta1 offers STARTTLS, mx takes it. */
function withTls(file: string): string {
  const run = parseRun(readFileSync(file, 'utf8'));
  const pem = (name: string) =>
    readFileSync(new URL(`../../tests/protocols/tls/certificates/${name}`, import.meta.url), 'utf8');
  const server = run.world.hosts.find(({ name }) => name === 'mta1.acme.example')!;
  const client = run.world.hosts.find(({ name }) => name === 'mx.far.example')!;
  server.files['/etc/ssl/mta1.pem'] = pem('mta1.acme.example.pem');
  server.files['/etc/ssl/mta1.key'] = pem('mta1.acme.example.key');
  server.files['/etc/postfix/main.cf'] += [
    'smtpd_tls_security_level = may',
    'smtpd_tls_cert_file = /etc/ssl/mta1.pem',
    'smtpd_tls_key_file = /etc/ssl/mta1.key\n',
  ].join('\n');
  client.files['/etc/postfix/main.cf'] += 'smtp_tls_security_level = may\n';
  return formatRun(run);
}

const args = process.argv.slice(2);
if (args[0] === '--with-tls') writeFileSync(args[2]!, withTls(args[1]!));
else console.log(JSON.stringify(saidIn(await conversationsOf(args[0]!, Number(args[1])))));
