/**
 * tls — TLS 1.3 for the simulated hosts: engines of server and client, certificates, texts
 *
 * All of it stands behind this file, so that a page can load it when the first host says STARTTLS:
 * what is needed before that are types.
 *
 * STANDARDS  RFC 8446
 * SEE ALSO   engine.ts, server-handshake.ts, client-handshake.ts, verify-chain.ts
 */
export {
  parsePem,
  parsePrivateKey,
  decodeCertificate,
  fingerprint,
  type Certificate,
} from './certificate.ts';
export { tlsClient, type TlsClientOptions } from './client-handshake.ts';
export { parseCredentials, type Credentials, type CredentialsProblem } from './credentials.ts';
export { TlsEngine, type TlsStep } from './engine.ts';
export { formatLibraryError } from './openssl-error.ts';
export { tlsServer, type TlsServerOptions } from './server-handshake.ts';
export { formatReceivedLines, formatSummary, trustWord, type TrustWord } from './session-text.ts';
export type { AlertName, RandomSource, TlsEvent, TlsSummary } from './terms.ts';
export { namesHost, verifyChain, type ChainVerdict } from './verify-chain.ts';
