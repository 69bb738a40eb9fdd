/**
 * late-code — what late.ts gives: one file to fetch
 */
export { flush } from './flush/flush.ts';
export { pickup } from './pickup/pickup.ts';
export { showq } from './showq/showq.ts';
