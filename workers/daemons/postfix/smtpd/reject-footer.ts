/**
 * reject-footer — smtpd_reject_footer: text that an administrator adds to every 4xx and 5xx reply
 *
 * "\n" starts a new line of the reply, with its code and enhanced status; "\c" at the start continues the
 * last line.
 */
import type { Session } from './session.ts';

/** Adds the footer of the configuration to a reply. */
export function addFooter(reply: string, session: Session): string {
  const template = session.config.reject_footer;
  const lines = reply.split('\r\n');
  const last = lines[lines.length - 1]!;
  const code = last.slice(0, 3);
  const status = /^[245]\.\d{1,3}\.\d{1,3}(?= |$)/.exec(last.slice(4))?.[0];
  for (const [i, part] of template.split('\\n').entries()) {
    if (i === 0 && part.startsWith('\\c')) lines[lines.length - 1] += expand(part.slice(2), session);
    else lines.push(`${code} ${status === undefined ? '' : `${status} `}${expand(part, session)}`);
  }
  return lines
    .map((line, i) => (i < lines.length - 1 ? `${line.slice(0, 3)}-${line.slice(4)}` : line))
    .join('\r\n');
}

function expand(text: string, session: Session): string {
  return text.replace(/\$(?:\$|\{(\w+)\}|\((\w+)\)|(\w+))/g, (whole, a?: string, b?: string, c?: string) =>
    whole === '$$' ? '$' : (sessionValue(a ?? b ?? c ?? '', session) ?? ''),
  );
}

/** What $name stands for in texts to the client; null = there is no such name. */
export function sessionValue(name: string, session: Session): string | null {
  const { client, config } = session;
  const of = (address: string | null, part: string): string => {
    if (address === null || address === '') return address === '' && part !== 'domain' ? '<>' : '';
    const at = address.lastIndexOf('@');
    if (part === '') return address;
    return part === 'domain'
      ? at === -1
        ? ''
        : address.slice(at + 1)
      : address.slice(0, at === -1 ? undefined : at);
  };
  const [, who, part = ''] = /^(sender|recipient)(?:_(name|domain))?$/.exec(name) ?? [];
  if (who !== undefined) return of(who === 'sender' ? session.sender : session.recipient, part);
  switch (name) {
    case 'client':
      return session.namaddr;
    case 'client_address':
      return client.address;
    case 'client_name':
      return client.name;
    case 'client_port':
      return client.port;
    case 'reverse_client_name':
      return client.reverseName;
    case 'helo_name':
      return session.helo ?? '';
    case 'server_name':
    case 'myhostname':
      return config.myhostname;
    default:
      return null;
  }
}
