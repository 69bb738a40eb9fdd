/**
 * tls-part — the code for TLS
 *
 * A browser fetches this file only for worlds that use TLS; in Node it is always there.
 *
 * SEE ALSO  asks-for-tls.ts, late-parts.ts
 */
import { openClient } from '../daemons/postfix/tls/client-tls.ts';
import { openServer } from '../daemons/postfix/tls/server-tls.ts';
import type { TlsServices } from '../daemons/postfix/tls/tls-services.ts';

/** What Postfix runs of it. */
export const tlsServices: TlsServices = Object.freeze({ openServer, openClient });
