/**
 * xclient — XCLIENT: a trusted client makes this session that of another, access checks included
 *
 * SEE ALSO  forwarding.ts, XCLIENT_README
 */
import type { Token } from '../../../protocols/smtp/command.ts';
import { isHostName } from '../../../protocols/smtp/host-name.ts';

import {
  forwardedAddress,
  readAttribute,
  refuseUnauthorized,
  unavailable,
  valueBytesMax,
} from './forwarding.ts';
import { neuter } from './hello.ts';
import type { NameStatus } from './peer.ts';
import { refuse, type Outcome, type Session } from './session.ts';

const temporarilyUnavailable = '[TEMPUNAVAIL]';

/** XCLIENT attribute=value… */
export function xclient(session: Session, tokens: readonly Token[]): Outcome {
  const refused = refuseUnauthorized(session, tokens, 'XCLIENT');
  if (refused !== null) return refused;
  const client = { ...session.client };
  let helo: string | null = null;
  let protocol: 'SMTP' | 'ESMTP' = 'SMTP';
  let login: Session['login'] = null;
  for (const { text: attribute } of tokens.slice(1)) {
    const read = readAttribute(session, attribute);
    if ('kind' in read) return read;
    const { name, value } = read;
    const keyword = name.toUpperCase();
    const absent = value.toUpperCase() === unavailable;
    const bad = refuse(`501 5.5.4 Bad ${keyword} syntax: ${value}`);
    if (keyword === 'NAME' || keyword === 'REVERSE_NAME') {
      const status: NameStatus = absent
        ? 'none'
        : value.toUpperCase() === temporarilyUnavailable
          ? 'temporary'
          : 'ok';
      if (status === 'ok' && !isHostName(value)) return bad;
      const text = status === 'ok' ? value : 'unknown';
      if (keyword === 'NAME') [client.name, client.nameStatus] = [text, status];
      if (keyword === 'REVERSE_NAME' || status === 'ok')
        [client.reverseName, client.reverseNameStatus] = [text, status];
    } else if (keyword === 'ADDR' || keyword === 'DESTADDR') {
      const shown = neuter(session, value);
      const address = absent ? 'unknown' : forwardedAddress(session, shown);
      if (address === null) return refuse(`501 5.5.4 Bad ${keyword} syntax: ${shown}`);
      if (keyword === 'ADDR') client.address = address;
    } else if (keyword === 'PORT' || keyword === 'DESTPORT') {
      if (!absent && !/^\d{1,5}$/.test(value)) return bad;
      if (keyword === 'PORT') client.port = absent ? 'unknown' : value;
    } else if (keyword === 'HELO') {
      if (value.length > valueBytesMax) return bad;
      helo = absent ? null : neuter(session, value);
    } else if (keyword === 'PROTO') {
      if (!/^E?SMTP$/i.test(value)) return bad;
      protocol = value.toUpperCase() === 'ESMTP' ? 'ESMTP' : 'SMTP';
    } else if (keyword === 'LOGIN') login = absent ? null : { user: value, method: 'XCLIENT' };
    else return refuse(`501 5.5.4 Bad XCLIENT attribute name: ${name}`);
  }
  session.endTransaction();
  session.setClient(client);
  session.helo = helo;
  session.protocol = protocol;
  session.login = login;
  return { kind: 'greet-again' };
}
