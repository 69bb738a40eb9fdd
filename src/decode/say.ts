/**
 * say — one plain sentence for every event of the trace: the text twin of all pictures
 *
 * weight 3: a step of the story (a hop, a failed try, something you did); 2: a step that belongs to one host;
 * 1: mechanics (packets, processes, timers), shown on demand and in chains of causes.
 */
import type { InputCommand, TraceEvent } from '../../workers/api.ts';
import { unreachable } from '../../workers/bytes/assert.ts';

import type { FoldContext } from '../sim/fold.ts';

import { span } from './clock.ts';
import { said, shortened, type Said, type Tone, type Topic } from './said.ts';
import { sayNetwork } from './say-network.ts';

export type { Said, Tone, Topic } from './said.ts';

type Names = FoldContext['names'];
type Of<K extends TraceEvent['kind']> = Extract<TraceEvent, { kind: K }>;

/** The sentence of an event. Host names are short; texts of the world are quoted as they are. */
export function say(event: TraceEvent, context: FoldContext): Said {
  switch (event.kind) {
    case 'host.booted':
    case 'host.stopped':
    case 'host.crashed':
    case 'link.changed':
    case 'input.accepted':
      return sayWorld(event, context);
    case 'process.started':
    case 'process.stopped':
    case 'scan.scheduled':
      return sayMechanics(event, context);
    case 'tcp.segment-sent':
    case 'tcp.segment-delivered':
    case 'tcp.segment-dropped':
    case 'tcp.state-changed':
    case 'udp.datagram-sent':
    case 'udp.datagram-delivered':
    case 'udp.datagram-dropped':
      return sayNetwork(event, context);
    case 'log.line-written':
      return said(`${event.ident}: ${event.text}`, 'log', 1, toneOfLog(event.text));
    case 'queue.file-moved':
    case 'queue.message-entered':
    case 'delivery.attempted':
    case 'retry.scheduled':
      return sayQueue(event, context);
    case 'lookup.answered':
    case 'cache.changed':
    case 'protocol.deviated':
    case 'tls.secrets-derived':
      return sayLookup(event);
    case 'state.changed':
      return sayState(event, context);
    case 'command.ended':
    case 'file.written':
      return sayAdmin(event, context);
    case 'tty.opened':
    case 'tty.output-written':
    case 'tty.command-started':
    case 'tty.command-ended':
    case 'tty.closed':
    case 'tty.mode-changed':
    case 'tty.editor-opened':
      return sayTerminal(event, context);
    case 'filter.judged':
    case 'mailbox.message-appended':
    case 'mua.message-fetched':
    case 'mua.mailbox-listed':
    case 'mua.message-submitted':
    case 'mua.failed':
      return sayMail(event);
    default:
      return unreachable(event);
  }
}

function sayWorld(
  event: Of<'host.booted' | 'host.stopped' | 'host.crashed' | 'link.changed' | 'input.accepted'>,
  { names }: FoldContext,
): Said {
  const here = names.short(event.hostIndex);
  switch (event.kind) {
    case 'host.booted':
      return said(`${here} starts`, 'host', event.at === 0 ? 1 : 3, 'ok');
    case 'host.stopped':
      return said(`${here} is shut down`, 'host', 3, 'fail');
    case 'host.crashed':
      return said(`${here} loses power`, 'host', 3, 'fail');
    case 'link.changed': {
      const [a, b] = [names.indexOf(event.from), names.indexOf(event.to)].map((index) => names.short(index));
      const what = `The cable ${a} – ${b}`;
      // Both ends tell it; the list shows one.
      const weight = names.indexOf(event.from) < names.indexOf(event.to) ? 3 : 1;
      if (event.fault !== '')
        return said(`${what} is ${faultWords[event.fault] ?? event.fault}`, 'link', weight, 'fail');
      return said(
        `${what} is whole: ${span(event.latencyUs)} one way${lossWords(event.lossPerMille)}`,
        'link',
        weight,
        'ok',
      );
    }
    case 'input.accepted':
      return sayInput(event.text, names);
  }
}

const subjectMax = 80;

const faultWords: Readonly<Record<string, string>> = {
  down: 'cut',
  blackhole: 'swallowing every packet',
  refuse: 'refusing every connection',
};

function lossWords(perMille: number): string {
  return perMille === 0 ? '' : `, ${perMille / 10} % of the packets get lost`;
}

function sayInput(text: string, names: Names): Said {
  let command: InputCommand;
  try {
    command = JSON.parse(text) as InputCommand;
  } catch {
    return said(text, 'you', 3, 'you');
  }
  const short = (host: string) => names.short(names.indexOf(host));
  switch (command.kind) {
    case 'mua.send':
      return said(
        `You sent a mail as ${command.user} to ${command.to}: ${shortened(command.subject, subjectMax)}`,
        'you',
        3,
        'you',
      );
    case 'mua.fetch':
      return said(
        command.uid === 0
          ? `${command.user} looks into the inbox`
          : `${command.user} opens letter ${command.uid}`,
        'you',
        3,
        'you',
      );
    case 'link.set': {
      const cable = command.between.map(short).join(' – ');
      return said(
        command.fault === '' ? `You mended ${cable}` : `You broke ${cable} (${command.fault})`,
        'you',
        1,
        'you',
      );
    }
    case 'link.tune':
      return said(`You changed the cable ${command.between.map(short).join(' – ')}`, 'you', 1, 'you');
    case 'host.crash':
      return said(`You cut the power of ${short(command.host)}`, 'you', 1, 'you');
    case 'host.stop':
      return said(`You shut down ${short(command.host)}`, 'you', 1, 'you');
    case 'host.start':
      return said(`You started ${short(command.host)}`, 'you', 1, 'you');
    case 'queue.flush':
      return said(`You flushed the queue of ${short(command.host)} (postqueue -f)`, 'you', 3, 'you');
    case 'host.run':
      return said(
        `You ran ${shortened(command.argv.join(' '), subjectMax)} on ${short(command.host)}`,
        'you',
        3,
        'you',
      );
    case 'tty.open':
    case 'tty.input':
    case 'tty.resize':
    case 'tty.signal':
    case 'tty.close':
      return sayTyped(command, short(command.host));
    case 'file.write':
      return said(`You saved ${command.path} on ${short(command.host)}`, 'you', 3, 'you');
    default:
      return said(`From outside: ${command.kind}`, 'you', 1, 'you');
  }
}

function sayTyped(command: Extract<InputCommand, { kind: `tty.${string}` }>, host: string): Said {
  switch (command.kind) {
    case 'tty.open':
      return said(`You opened terminal ${command.tty} of ${host}`, 'you', 1, 'you');
    case 'tty.input':
      return said(`You typed ${shortened(command.text.trimEnd(), subjectMax)} on ${host}`, 'you', 3, 'you');
    case 'tty.signal':
      return said(`You pressed Ctrl-${command.signal === 'INT' ? 'C' : 'D'} on ${host}`, 'you', 2, 'you');
    case 'tty.resize':
      return said(`Terminal ${command.tty} of ${host} has ${command.columns} columns now`, 'you', 1, 'you');
    case 'tty.close':
      return said(`You closed terminal ${command.tty} of ${host}`, 'you', 1, 'you');
    default:
      return unreachable(command);
  }
}

function sayState({ hostIndex, table, key, row }: Of<'state.changed'>, { names }: FoldContext): Said {
  const what = key.replaceAll('\t', ', ');
  const words = row === '' ? 'forgets' : 'remembers';
  return said(`${names.short(hostIndex)} ${words} (${table}): ${what}`, 'host', 1);
}

function sayAdmin(event: Of<'command.ended' | 'file.written'>, { names }: FoldContext): Said {
  const here = names.short(event.hostIndex);
  if (event.kind === 'file.written') return said(`${here}: ${event.path} is written`, 'host', 2);
  const [line = ''] = event.output.split('\n', 1);
  const words = `${here}: ${shortened(event.command, subjectMax)} ended with exit code ${event.status}`;
  return said(
    line === '' ? words : `${words}: ${shortened(line, subjectMax)}`,
    'host',
    3,
    event.status === 0 ? 'ok' : 'fail',
  );
}

const modes = {
  line: 'takes lines',
  hidden: 'takes a line that is not shown',
  key: 'takes keys one by one',
} as const;

function sayTerminal(event: Extract<TraceEvent, { kind: `tty.${string}` }>, { names }: FoldContext): Said {
  const here = `${names.short(event.hostIndex)}, terminal ${event.tty}`;
  switch (event.kind) {
    case 'tty.opened':
      return said(`${here} is opened`, 'host', 1);
    case 'tty.output-written':
      return said(`${here} shows ${event.bytes.length} bytes`, 'host', 1);
    case 'tty.command-started':
      return said(`${here} runs ${shortened(event.command, subjectMax)}`, 'host', 2);
    case 'tty.command-ended':
      return said(
        `${here}: ${shortened(event.command, subjectMax)} ended with exit code ${event.status}`,
        'host',
        3,
        event.status === 0 ? 'ok' : 'fail',
      );
    case 'tty.mode-changed':
      return said(`${here} ${modes[event.mode]}`, 'host', 1);
    case 'tty.editor-opened':
      return said(`${event.path} of ${names.short(event.hostIndex)} is opened in the editor`, 'host', 2);
    case 'tty.closed':
      return said(`${here} is closed`, 'host', 1);
    default:
      return unreachable(event);
  }
}

function sayMechanics(
  event: Of<'process.started' | 'process.stopped' | 'scan.scheduled'>,
  { names }: FoldContext,
): Said {
  const here = names.short(event.hostIndex);
  switch (event.kind) {
    case 'process.started':
      return said(`${here} starts ${event.name}, process ${event.pid}`, 'process', 1);
    case 'process.stopped':
      return said(
        `${event.name}, process ${event.pid}, ${event.how === 'failed' ? `failed: ${event.why}` : 'ends'}`,
        'process',
        1,
        event.how === 'failed' ? 'fail' : 'plain',
      );
    case 'scan.scheduled':
      return said(
        `${here} will look through its deferred queue in ${span(event.due - event.at)}`,
        'clock',
        2,
      );
  }
}

function sayQueue(
  event: Of<'queue.file-moved' | 'queue.message-entered' | 'delivery.attempted' | 'retry.scheduled'>,
  { names }: FoldContext,
): Said {
  const here = names.short(event.hostIndex);
  switch (event.kind) {
    case 'queue.message-entered': {
      const to = event.recipients.replaceAll('\n', ', ');
      return said(
        `${here} takes responsibility for ${event.queueId}, from <${event.sender}> to ${to}`,
        'queue',
        3,
      );
    }
    case 'queue.file-moved': {
      if (event.to === '') return said(`${here} is done with ${event.queueId}`, 'queue', 2, 'ok');
      if (event.from === '') return said(`${here}: ${event.queueId} enters ${event.to}`, 'queue', 1);
      const waits = event.to === 'deferred' || event.to === 'hold';
      return said(
        `${here}: ${event.queueId} moves from ${event.from} to ${event.to}`,
        'queue',
        waits ? 3 : 2,
        waits ? 'wait' : 'plain',
      );
    }
    case 'delivery.attempted': {
      const to = `<${event.recipient}>`;
      const via = event.relay === 'none' ? '' : ` via ${event.relay}`;
      if (event.status === 'sent')
        return said(`${here} delivered ${event.queueId} to ${to}${via}`, 'mail', 3, 'ok');
      const word =
        event.status === 'deferred'
          ? 'could not deliver yet'
          : event.status === 'bounced'
            ? 'gave up on'
            : event.status;
      return said(
        `${here} ${word} ${event.queueId} to ${to}: ${event.text}`,
        'mail',
        3,
        event.status === 'deferred' ? 'wait' : 'fail',
      );
    }
    case 'retry.scheduled':
      return said(
        `${here} will try ${event.queueId} again in ${span(event.due - event.at)}`,
        'clock',
        2,
        'wait',
      );
  }
}

function sayLookup(
  event: Of<'lookup.answered' | 'cache.changed' | 'protocol.deviated' | 'tls.secrets-derived'>,
): Said {
  switch (event.kind) {
    case 'lookup.answered': {
      const topic: Topic = event.service === 'dns' ? 'dns' : event.service === 'ldap' ? 'ldap' : 'host';
      const asked = `${event.table} ${event.key}`;
      if (event.result === 'found') return said(`${asked}: ${event.value}`, topic, topic === 'host' ? 1 : 2);
      if (event.result === 'try-again') return said(`${asked}: no answer (${event.value})`, topic, 3, 'fail');
      return said(`${asked}: nothing found`, topic, topic === 'host' ? 1 : 2);
    }
    case 'cache.changed': {
      const what = `${event.name} ${event.type}`;
      if (event.change === 'expired') return said(`${event.cache} forgets ${what}`, 'dns', 1);
      return said(
        `${event.cache} remembers ${what}${event.value === '' ? ' as missing' : ''} for ${event.ttl} s`,
        'dns',
        1,
      );
    }
    case 'protocol.deviated':
      return said(`Tolerated against ${event.rule}: ${event.detail}`, 'log', 2, 'wait');
    case 'tls.secrets-derived':
      return said('The keys of a TLS connection are agreed; the key log of a capture has them', 'host', 1);
  }
}

function sayMail(
  event: Of<
    | 'filter.judged'
    | 'mailbox.message-appended'
    | 'mua.message-fetched'
    | 'mua.mailbox-listed'
    | 'mua.message-submitted'
    | 'mua.failed'
  >,
): Said {
  switch (event.kind) {
    case 'filter.judged':
      return said(`The filter judges ${event.messageId}: ${event.verdict}`, 'filter', 3);
    case 'mailbox.message-appended':
      return said(
        `${event.mailbox} has new mail in ${event.folder}: ${shortened(event.subject, subjectMax)}`,
        'mail',
        3,
        'ok',
      );
    case 'mua.message-fetched':
      return said(`${event.user} reads letter ${event.uid}`, 'mail', 3, 'ok');
    case 'mua.mailbox-listed':
      return said(
        `${event.user} sees ${event.messages} letter${event.messages === 1 ? '' : 's'} in ${event.folder}`,
        'mail',
        2,
      );
    case 'mua.message-submitted':
      return said(`${event.user} handed in: ${shortened(event.subject, subjectMax)}`, 'mail', 3, 'ok');
    case 'mua.failed':
      return said(`${event.user}: ${event.action} failed: ${event.text}`, 'mail', 3, 'fail');
  }
}

function toneOfLog(text: string): Tone {
  if (/status=deferred|warning:/.test(text)) return 'wait';
  if (/status=bounced|reject:|fatal:/.test(text)) return 'fail';
  return 'plain';
}
