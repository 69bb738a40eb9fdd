/**
 * mail-servers — the kinds of hosts that run Postfix, fetched together
 */
export { bootMailHost } from './mail-host.ts';
export { bootMta } from './mta.ts';
