/**
 * tls-code — TLS for programs of a terminal, one file to fetch
 *
 * SEE ALSO  tls-late.ts (how a program asks for it)
 */
import { DecodeError } from '../../../bytes/byte-reader.ts';
import type { Connection, Os, Syscall } from '../../../os/os.ts';
import { decodeCertificate, tlsClient } from '../../../protocols/tls/index.ts';

import {
  secure,
  type TlsConnection,
  type TlsHandshakeFailure,
} from '../../../daemons/clients/tls-connection.ts';

import { slashedName } from './subject.ts';

/** Shakes hands as a client. */
export function shakeHands(
  os: Os,
  conn: Connection,
  options: { serverName: string; deadline: number },
): Syscall<TlsConnection | TlsHandshakeFailure> {
  const { serverName, deadline } = options;
  return secure(conn, tlsClient({ random: os.random, serverName }), { deadline });
}

/** The subject of a certificate as swaks shows it; '' when it cannot be read. */
export function subjectOf(der: Uint8Array | null): string {
  try {
    return der === null ? '' : slashedName(decodeCertificate(der).subject);
  } catch (error) {
    if (error instanceof DecodeError) return '';
    throw error;
  }
}
