// smtpd and cleanup fuzzed as a whole: clients talk to a mail host that is booted for them. Whatever they say, nothing fails,
// the server ends every session by itself, keeps little, and what it answered 250 for is kept or accounted for.
import { postcard } from '../../lessons/worlds/postcard/world.ts';
import * as ascii from '../../workers/bytes/ascii.ts';
import { roles } from '../../workers/hosts/all-roles.ts';
import { BootedPartition } from '../../workers/hosts/boot.ts';
import type { World } from '../../workers/hosts/world.ts';
import { HOUR, MINUTE, SECOND, type Os, type Proc } from '../../workers/os/os.ts';
import { eventAt } from '../../workers/trace/batch.ts';
import type { TraceEvent } from '../../workers/trace/event.ts';

import { Client } from '../differential/grammar.mjs';
import type { Dice } from '../dice.ts';
import { AcknowledgedMail } from '../worlds/acknowledged-mail.ts';

import { mutate } from './mutate.ts';
import { recordedDialogues } from './recorded.ts';
import type { Target } from './target.ts';

const heldBytesMax = 600_000;
const sessionEnds = 30 * MINUTE; // smtpd_timeout is 5 minutes, and the client has gone by then
const end = 3 * HOUR;

const checks = [
  '/^Subject: .*reject-me/ REJECT no', '/^Subject: .*discard-me/ DISCARD', '/^Subject: .*hold-me/ HOLD', '/^X-Old: (.*)/ REPLACE X-New: $1', '/^X-Front/ PREPEND X-Before: 1',
  '/^X-Remove-Me/ IGNORE', '/^X-Redirect/ REDIRECT bob@post.example', '/^Subject: .*warn-me/ WARN me', '/^From: c@/ BCC bob@post.example', '',
].join('\n'); // prettier-ignore

/** What is added to main.cf, and files beside it: each way of setting smtpd and cleanup up. */
const setups: readonly { main: string; files?: Record<string, string> }[] = [
  { main: '' },
  {
    main: `header_checks = regexp:/etc/postfix/checks
body_checks = regexp:{{/forbidden/ REJECT}, {/warn/ WARN}}
canonical_maps = inline:{alice@example.com=alice@post.example, @sender.example=@post.example}
virtual_alias_maps = inline:{ {all@post.example = alice, bob@post.example, all@post.example}, loop@post.example=loop@post.example }
always_bcc = bob
masquerade_domains = example.com
always_add_missing_headers = yes
local_header_rewrite_clients = static:all
`,
    files: { '/etc/postfix/checks': checks },
  },
  {
    main: `smtpd_recipient_restrictions = check_sender_access inline:{rej@sender.example=REJECT, discard@sender.example=DISCARD, hold@sender.example=HOLD, defer@sender.example=DEFER, {blocked@ = REDIRECT bob@post.example}}, reject_non_fqdn_sender, reject_unlisted_recipient, permit
smtpd_relay_restrictions = permit
smtpd_authorized_xclient_hosts = 0.0.0.0/0
smtpd_authorized_xforward_hosts = 0.0.0.0/0
transport_maps = inline:{discard.example=discard:, relay.example=error:5.1.2 no, later.example=retry:4.3.2 later, sink.example=smtp:[127.0.0.1]:9}
smtpd_forbid_bare_newline = normalize
`,
  },
  {
    main: `message_size_limit = 6000
line_length_limit = 200
header_size_limit = 1000
smtpd_recipient_limit = 3
smtpd_soft_error_limit = 2
smtpd_hard_error_limit = 5
smtpd_junk_command_limit = 3
smtpd_forbid_bare_newline = reject
smtputf8_enable = no
strict_rfc821_envelopes = yes
smtpd_helo_required = yes
disable_vrfy_command = yes
hopcount_limit = 3
`,
  },
];

/** The target. The first byte of an input says how the host is set up and when its client goes. */
export function sessionTarget(): Target {
  const dialogues = recordedDialogues().map((said) => said.map((piece) => ascii.encode(piece)));
  const pieces = dialogues.flat().filter((piece) => piece.length < 10_000);
  return {
    name: 'SMTP session',
    share: 14,
    make(dice) {
      const setup = Uint8Array.of(dice.below(256));
      if (dice.once(2)) return [setup, ...byGrammar(dice)];
      const said = [...dice.pick(dialogues)];
      for (let changes = dice.below(6); changes > 0; changes--) {
        const at = dice.below(said.length + 1);
        const length = dice.below(3);
        if (dice.once(3)) said.splice(at, length);
        else if (dice.once(2)) said.splice(at, length, dice.pick(pieces));
        else said.splice(at, 1, mutate(dice, [said[at] ?? dice.pick(pieces)], pieces));
      }
      return [setup, ...said];
    },
    check: (given) => new Served(given).check(),
  };
}

/** A dialogue of the grammar whose replies are guessed. */
function byGrammar(dice: Dice): Uint8Array[] {
  const client = new Client(dice.below(1e9), dice.pick(['mx', 'submission', 'limits']));
  const said: Uint8Array[] = [];
  for (let code = 220; said.length < 40;) {
    const next = client.next(code) as { send?: string | string[]; raw?: string; message?: string[] } | null;
    if (next === null) break;
    const lines = next.message === undefined ? [next.send ?? []].flat() : [...next.message, '.'];
    said.push(
      ascii.encode(next.raw ?? Buffer.from(lines.map((line) => `${line}\r\n`).join('')).toString('latin1')),
    );
    code = next.send === 'DATA' ? dice.pick([354, 354, 554]) : dice.pick([250, 250, 250, 250, 250, 334, 504]);
  }
  return said;
}

/** One client at one host. */
class Served {
  readonly #said: readonly Uint8Array[];
  readonly #booted: BootedPartition;
  readonly #events: TraceEvent[] = [];
  readonly #leaves: 'quits' | 'closes' | 'resets' | 'stays';

  constructor([options, ...said]: readonly Uint8Array[]) {
    const choice = options?.[0] ?? 0;
    this.#said = said;
    this.#leaves = (['quits', 'closes', 'resets', 'stays'] as const)[(choice >> 2) & 3]!;
    this.#booted = new BootedPartition({
      world: worldOf(setups[choice & 3]!),
      seed: choice,
      runs: [0],
      keepTrace: true,
      roles,
    });
    const port = (choice & 0x70) === 0x70 ? 587 : 25;
    const machine = this.#booted.machines[0]!;
    const accept = (): void => void machine.os().spawn('client', (os) => this.#talk(os, port));
    this.#booted.partition.input({ at: SECOND, host: 0, accept });
  }

  *#talk(os: Os, port: number): Proc<void> {
    const conn = yield* os.connect({ to: { address: '192.0.2.1', port }, deadline: os.now() + MINUTE });
    if (typeof conn === 'string') throw new Error(`no connection: ${conn}`);
    os.spawn('reader', function* (): Proc<void> {
      while (typeof (yield* conn.read({ deadline: os.now() + sessionEnds })) !== 'string');
    });
    for (const piece of this.#said) {
      if (piece.length > 0) yield* conn.write(piece, { deadline: os.now() + MINUTE });
      yield* os.sleepUntil(os.now() + 20_000);
    }
    if (this.#leaves === 'quits')
      yield* conn.write(ascii.encode('QUIT\r\n'), { deadline: os.now() + MINUTE });
    if (this.#leaves === 'closes') conn.close();
    if (this.#leaves === 'resets') conn.abort();
  }

  check(): void {
    const { partition, machines } = this.#booted;
    const { net } = machines[0]!;
    for (let at = SECOND; partition.nextTime < sessionEnds; at = Math.max(at, partition.nextTime) + 20_000) {
      partition.runUntil(at + 1);
      const held = net.tcp.connections().map((one) => one.received.length + one.pendingBytes);
      const sum = held.reduce((a, b) => a + b, 0);
      if (sum > heldBytesMax) throw new Error(`connections hold ${sum} bytes`);
    }
    const server = net.tcp
      .connections()
      .filter(({ role, local }) => role === 'server' && [25, 587].includes(local.port));
    if (server.length > 0) throw new Error(`${server.length} session(s) never end`);
    partition.runUntil(end);
    const [failure] = partition.failures;
    if (failure !== undefined) throw new Error(`${failure.proc}: ${failure.stack}`);
    const chunk = partition.tracer.take()!;
    for (let i = 0; i < chunk.count; i++) this.#events.push(eventAt(chunk, i));
    const mail = new AcknowledgedMail(this.#events);
    mail.check((host, path) => machines[host]!.disk.exists(path));
  }
}

function worldOf({ main, files }: (typeof setups)[number]): World {
  const [host] = postcard.hosts;
  const mainCf = `${host!.files['/etc/postfix/main.cf']!}\n${main}`;
  return {
    ...postcard,
    hosts: [{ ...host!, files: { ...host!.files, ...files, '/etc/postfix/main.cf': mainCf } }],
  };
}
