/**
 * tls-code — the code for TLS, one file to fetch
 *
 * SEE ALSO  ../late.ts
 */
export { openClient } from './client-tls.ts';
export { openServer } from './server-tls.ts';
