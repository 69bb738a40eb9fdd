/**
 * reasons — what an outcome of the dialogue means for a recipient: status code and words, as smtp(8) logs
 * them
 *
 * SEE ALSO  ../../clients/smtp.ts (outcomes), smtp_trouble(3)
 */
import { replyClass, type Outcome } from '../../clients/smtp.ts';

/** Why mail was not delivered, or how it was. */
export interface Reason {
  /** X.Y.Z */
  dsn: string;
  text: string;
  /** name of the host that replied, and its reply; both '' when the reason is our own */
  remoteMta: string;
  diagnostic: string;
}

/** A host as the log names it. */
export interface RemoteHost {
  name: string;
  address: string;
  port: number;
}

/** "mx.a.example[192.0.2.25]" */
export function formatHost(host: RemoteHost): string {
  return `${host.name}[${host.address}]`;
}

/** "mx.a.example[192.0.2.25]:25", the relay= of the log */
export function formatRelay(host: RemoteHost): string {
  return `${formatHost(host)}:${host.port}`;
}

/** What an outcome says about the host, in the words of the log. */
export function reasonOf(outcome: Outcome, host: RemoteHost): Reason {
  const name = formatHost(host);
  switch (outcome.kind) {
    case 'reply': {
      const { reply, command } = outcome;
      const isRefusal = replyClass(reply) === 4 || replyClass(reply) === 5;
      const outOfPlace = replyClass(reply) === 2 ? 'Protocol error: ' : '';
      const remote = {
        dsn: isRefusal ? reply.enhanced : '5.5.0',
        remoteMta: host.name,
        diagnostic: reply.text,
      };
      if (isHandshake(command))
        return { ...remote, text: `${outOfPlace}host ${name} refused to talk to me: ${reply.text}` };
      if (command === 'STARTTLS command')
        return { ...remote, text: `TLS is required, but host ${name} refused to start TLS: ${reply.text}` };
      if (command === 'AUTH command')
        return { ...remote, text: `SASL authentication failed; server ${name} said: ${reply.text}` };
      return { ...remote, text: `${outOfPlace}host ${name} said: ${reply.text} (in reply to ${command})` };
    }
    case 'lost':
      return ownReason('4.4.2', `lost connection with ${name} while ${outcome.doing}`);
    case 'timeout':
      return ownReason('4.4.2', `conversation with ${name} timed out while ${outcome.doing}`);
    case 'garbled':
      return ownReason('4.5.0', `remote protocol error in reply from ${name} while ${outcome.doing}`);
    case 'unwilling':
      return ownReason(outcome.status, outcome.text);
  }
}

/** A reason that no remote host gave. */
export function ownReason(dsn: string, text: string): Reason {
  return { dsn, text, remoteMta: '', diagnostic: '' };
}

/** The same reason as one that passes: class 4. */
export function softened(reason: Reason): Reason {
  return reason.dsn.startsWith('5') ? { ...reason, dsn: '4' + reason.dsn.slice(1) } : reason;
}

/** Whether the outcome is a refusal for good: a 5xx reply, or one out of place. */
export function isPermanent(outcome: Outcome): boolean {
  return outcome.kind === 'reply' && replyClass(outcome.reply) !== 4;
}

function isHandshake(command: string): boolean {
  return command === 'initial greeting' || /^(EHLO|HELO|LHLO) command$/.test(command);
}
