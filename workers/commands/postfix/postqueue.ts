/**
 * postqueue — lists the mail queue and asks for delivery: -p, -j, -f, -i queueid, -s site; also mailq(1)
 *
 * SEE ALSO  postqueue(1), ../../daemons/postfix/showq/showq.ts, ../../daemons/postfix/flush/flush.ts
 */
import { TextWriter } from '../../bytes/text-writer.ts';
import * as utf8 from '../../bytes/utf8.ts';

import { isHostName, isAddressLiteral } from '../../protocols/smtp/host-name.ts';

import { SECOND, type Channel, type Proc } from '../../os/os.ts';
import { isQueueId } from '../../daemons/postfix/flush/flush.ts';
import type { Parameters } from '../../daemons/postfix/parameters.ts';
import {
  askFlush,
  servicePaths,
  type FlushWhat,
  type MasterRequest,
  type QmgrTrigger,
  type QueuedMessage,
} from '../../daemons/postfix/services.ts';
import { listQueue } from '../../daemons/postfix/showq/showq.ts';

import { exSoftware, exUnavailable, Program, type Command } from './command.ts';
import { getopt } from './getopt.ts';
import { asctime } from './local-time.ts';

const usage = 'usage: postqueue -f | postqueue -i queueid | postqueue -j | postqueue -p | postqueue -s site';

interface Mode {
  kind: 'f' | 'i' | 'j' | 'p' | 's';
  /** of -i and -s */
  value: string;
}

/** postqueue(1) */
export const postqueue: Command = function* (os, args, _stdin, io) {
  const program = new Program(os, io, { name: 'postqueue', logs: true });
  const { options, operands, wrong } = getopt(program, args, 'c:fi:jps:v');
  let mode: Mode | null = null;
  let configDirectory: string | undefined;
  let twice = false;
  for (const { letter, value } of options) {
    if (letter === 'c') configDirectory = value;
    else if (letter !== 'v') {
      twice ||= mode !== null;
      mode = { kind: letter as Mode['kind'], value };
    }
  }
  // msg_cleanup(unavailable): whatever the status said, the program ends with "unavailable".
  if (wrong || twice || operands.length > 0 || mode === null) return program.fatal(usage, exUnavailable);
  const parameters = program.readParameters(configDirectory);
  if (typeof parameters === 'number') return exUnavailable;
  return yield* run(program, parameters, mode);
};

function* run(program: Program, parameters: Parameters, mode: Mode): Proc<number> {
  const { os } = program;
  switch (mode.kind) {
    case 'p':
    case 'j':
      return yield* showQueue(program, parameters, mode.kind === 'j');
    case 'f': {
      const spool = parameters.text('queue_directory');
      const qmgr = os.bound<QmgrTrigger>(`${spool}/${servicePaths.qmgr}`);
      const pickup = os.bound<MasterRequest>(`${spool}/${servicePaths.pickup}`);
      if (qmgr === null || pickup === null) return program.fatal(systemIsDown, exUnavailable);
      qmgr.put({ kind: 'flush' });
      pickup.put({ kind: 'pickup' });
      return 0;
    }
    case 's': {
      const site = mode.value;
      if (site.startsWith('[') ? !isAddressLiteral(site) : !isHostName(site))
        return program.fatal(
          `Cannot flush mail queue - invalid destination: "${clipped(site)}"`,
          exUnavailable,
        );
      return yield* flushSome(program, parameters, { site });
    }
    case 'i':
      if (!isQueueId(mode.value))
        return program.fatal(`Cannot flush queue ID - invalid name: "${clipped(mode.value)}"`, exUnavailable);
      return yield* flushSome(program, parameters, { queueId: mode.value });
  }
}

const systemIsDown = 'Cannot flush mail queue - mail system is down';

function clipped(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}

function* flushSome(program: Program, parameters: Parameters, what: FlushWhat): Proc<number> {
  const status = yield* askFlush(program.os, parameters, what);
  const asked = 'site' in what ? what.site : what.queueId;
  switch (status) {
    case 'ok':
      return 0;
    case 'deny':
      return program.fatal(`Flush service is not configured for destination "${asked}"`, exUnavailable);
    case 'bad':
      return program.fatal(`Invalid request: "${asked}"`, exUnavailable);
    case 'fail':
      return program.fatal(systemIsDown, exUnavailable);
  }
}

function* showQueue(program: Program, parameters: Parameters, json: boolean): Proc<number> {
  const { os } = program;
  const list = json ? new JsonList(program) : new MailqList(program, parameters);
  const service = os.bound<MasterRequest>(`${parameters.text('queue_directory')}/${servicePaths.showq}`);
  if (service === null) {
    const down = 'Connect to the Postfix showq service: Connection refused';
    program.warn(`Mail system is down -- accessing queue directly (${down})`);
    for (const message of listQueue(os, parameters)) list.add(message);
  } else {
    const reply: Channel<QueuedMessage[] | 'end'> = os.channel();
    service.put({ kind: 'showq', reply });
    for (;;) {
      const messages = yield* reply.take({ deadline: os.now() + 3600 * SECOND });
      if (messages === 'end') break;
      if (messages === 'timeout') return program.fatal('malformed showq server response', exSoftware);
      for (const message of messages) list.add(message);
    }
  }
  list.end();
  return 0;
}

/** What is printed at once. */
const textMax = 65_536;

/** One object a line. */
class JsonList {
  readonly #program: Program;
  #text = '';

  constructor(program: Program) {
    this.#program = program;
  }
  add(message: QueuedMessage): void {
    const recipients = message.recipients.map(({ address, reason }) => {
      const why = reason === '' ? '' : `, "delay_reason": ${quoted(reason)}`;
      return `{"address": ${quoted(address)}${why}}`;
    });
    const fields = [
      `"queue_name": ${quoted(message.queue)}`,
      `"queue_id": ${quoted(message.queueId)}`,
      `"arrival_time": ${Math.floor(message.arrivedUs / SECOND)}`,
      `"message_size": ${message.size}`,
      `"forced_expire": ${message.forcedExpire}`,
      `"sender": ${quoted(message.sender)}`,
      `"recipients": [${recipients.join(', ')}]`,
    ];
    this.#text += `{${fields.join(', ')}}\n`;
    if (this.#text.length > textMax) this.end();
  }
  end(): void {
    if (this.#text !== '') this.#program.print(this.#text);
    this.#text = '';
  }
}

// What showq(8) sends is printable: control characters became "?".
function quoted(text: string): string {
  return /["\\]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`;
}

const noBytes = new Uint8Array(0);

interface Layout {
  readonly head: string;
  readonly idWidth: number;
  readonly sizeWidth: number;
  readonly timeWidth: number;
}

const shortIds: Layout = Object.freeze({
  head: '-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n',
  idWidth: 11,
  sizeWidth: 7,
  timeWidth: 20,
});
const longIds: Layout = Object.freeze({
  head: '----Queue ID----- --Size-- ---Arrival Time---- --Sender/Recipient------\n',
  idWidth: 17,
  sizeWidth: 8,
  timeWidth: 19,
});

/** The listing that Sendmail's mailq(1) had. */
class MailqList {
  readonly #program: Program;
  readonly #layout: Layout;
  /** in front of a recipient */
  readonly #indent: Uint8Array;
  readonly #text = new TextWriter();
  /** the last time that was shown, in seconds, and how; neighbours often have the same */
  #second = -1;
  #time: Uint8Array = noBytes;
  /** the last reason that was shown, and how */
  #reason: string | null = null;
  #shown: Uint8Array = noBytes;
  #count = 0;
  #bytes = 0;

  constructor(program: Program, parameters: Parameters) {
    this.#program = program;
    const layout = parameters.bool('enable_long_queue_ids') ? longIds : shortIds;
    this.#layout = layout;
    this.#indent = utf8.encode(' '.repeat(layout.idWidth + layout.sizeWidth + layout.timeWidth + 3));
  }
  add(message: QueuedMessage): void {
    const text = this.#text;
    const { idWidth, sizeWidth, head } = this.#layout;
    const { queue, queueId, forcedExpire } = message;
    text.add(this.#count > 0 ? '\n' : head);
    const state = queue === 'active' ? '*' : queue === 'hold' ? '!' : '';
    text.add(
      (state !== '' || forcedExpire ? `${queueId}${state}${forcedExpire ? '#' : ''}` : queueId).padEnd(
        idWidth,
      ),
    );
    text.add(' ');
    text.add(String(message.size).padStart(sizeWidth));
    text.addBytes(this.#timeOf(message.arrivedUs));
    text.add(message.sender);
    text.add('\n');
    let last = '';
    for (const { address, reason } of message.recipients) {
      if (reason !== last) {
        last = reason;
        text.addBytes(this.#reasonLine(reason));
      }
      text.addBytes(this.#indent);
      text.add(address);
      text.add('\n');
    }
    if (text.length > textMax) this.#flush();
    this.#count++;
    this.#bytes += message.size;
  }
  #timeOf(arrivedUs: number): Uint8Array {
    const second = Math.floor(arrivedUs / SECOND);
    if (second !== this.#second) {
      const { timeWidth } = this.#layout;
      const shown = asctime(arrivedUs).slice(0, timeWidth).padStart(timeWidth);
      this.#time = utf8.encode(` ${shown} `);
      this.#second = second;
    }
    return this.#time;
  }
  #reasonLine(reason: string): Uint8Array {
    if (reason !== this.#reason) {
      this.#reason = reason;
      const shown = reason === '' ? 'reason unavailable' : reason;
      this.#shown = utf8.encode(`${' '.repeat(Math.max(0, 76 - shown.length))}(${shown})\n`);
    }
    return this.#shown;
  }
  #flush(): void {
    if (this.#text.length > 0) this.#program.printBytes(this.#text.take());
  }
  end(): void {
    this.#flush();
    const plural = this.#count === 1 ? '' : 's';
    this.#program.print(
      this.#count === 0
        ? 'Mail queue is empty\n'
        : `\n-- ${Math.floor(this.#bytes / 1024)} Kbytes in ${this.#count} Request${plural}.\n`,
    );
  }
}
