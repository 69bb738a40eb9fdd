/**
 * late-code — what late.ts gives: one file to fetch
 */
export { checkContent } from './cleanup/content-checks.ts';
export { fileOctets } from './cleanup/file-size.ts';
export { rewriteHeaderAddresses } from './cleanup/header-addresses.ts';
export { deliverDiscard, deliverError } from './delivery/error-agent.ts';
export { flush } from './flush/flush.ts';
export { deliverLocal } from './local/local.ts';
export { openTextTable } from './maps/text-tables.ts';
export { makeReporter } from './master/reporter.ts';
export { pickup } from './pickup/pickup.ts';
export { warnOfClog } from './qmgr/clog.ts';
export { retire } from './qmgr/retire.ts';
export { checkByLdap } from './sasl/saslauthd-ldap.ts';
export { showq } from './showq/showq.ts';
export { downgradeTo7Bit } from './smtp/downgrade.ts';
export { assumeEightBit, excused, nativeFailure } from './smtp/rare-troubles.ts';
export { bdat } from './smtpd/chunks.ts';
export { etrn } from './smtpd/etrn.ts';
export { runRare } from './smtpd/rare-restrictions.ts';
export { starttls, startWrapped } from './smtpd/starttls.ts';
export { vrfy } from './smtpd/vrfy.ts';
export { xclient } from './smtpd/xclient.ts';
export { findDestination } from './trivial-rewrite/odd-address.ts';
export { deliverProbe } from './verify/probe.ts';
export { isProbeSender } from './verify/verify.ts';
export { deliverVirtual } from './virtual/virtual.ts';
