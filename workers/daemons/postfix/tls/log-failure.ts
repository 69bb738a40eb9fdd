/**
 * log-failure — why a handshake failed, as tls_server(3) and tls_client(3) log it
 */
import { formatLibraryError } from '../../../protocols/tls/index.ts';

import type { Os } from '../../../os/os.ts';

import type { TlsHandshakeFailure } from '../../clients/tls-connection.ts';

/** @param what "SSL_accept error from x[192.0.2.1]", "SSL_connect error to …" */
export function logFailure(os: Os, ident: string, what: string, failed: TlsHandshakeFailure): void {
  os.log(ident, `${what}: ${wordsFor(failed.failure)}`);
  if (failed.failure === 'tls')
    os.log(ident, `warning: TLS library problem: ${formatLibraryError(failed.reason)}:`);
}

function wordsFor(failure: TlsHandshakeFailure['failure']): string {
  switch (failure) {
    case 'tls':
      return '-1';
    case 'eof':
      return 'lost connection';
    case 'reset':
      return 'Connection reset by peer';
    case 'timeout':
      return 'Connection timed out';
  }
}
