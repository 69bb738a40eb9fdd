/**
 * rewrite — addresses in their standard form: user@domain with a complete domain
 *
 * SIMPLIFIED: the "remote" rewriting context (remote_header_rewrite_domain) is empty, as by default: nothing
 * is rewritten in it.
 *
 * SEE ALSO  trivial-rewrite(8), ADDRESS_REWRITING_README
 */
import type { Parameters } from '../parameters.ts';

/** Completes an address of the envelope; '' stays ''. */
export function rewriteAddress(parameters: Parameters, address: string): string {
  if (address === '') return '';
  const plain = stripRoute(address);
  let { local, domain } = splitAddress(plain);
  if (domain === '' && local !== '' && !local.startsWith('"')) {
    const bang = local.indexOf('!');
    const percent = local.lastIndexOf('%');
    if (bang > 0 && parameters.bool('swap_bangpath')) {
      domain = local.slice(0, bang);
      local = local.slice(bang + 1);
    } else if (percent > 0 && parameters.bool('allow_percent_hack')) {
      domain = local.slice(percent + 1);
      local = local.slice(0, percent);
    }
  }
  if (domain === '') {
    if (!parameters.bool('append_at_myorigin')) return plain;
    domain = parameters.text('myorigin');
  }
  if (domain.endsWith('.')) domain = domain.slice(0, -1);
  const isDotless = !domain.includes('.') && !domain.startsWith('[');
  if (isDotless && domain !== '' && parameters.bool('append_dot_mydomain'))
    domain += `.${parameters.text('mydomain')}`;
  return domain === '' ? local : `${local}@${domain}`;
}

/** The parts around the last @ outside quotes; domain '' when there is none. */
export function splitAddress(address: string): { local: string; domain: string } {
  const at = address.lastIndexOf('@');
  if (at === -1 || (address.endsWith('"') && address.startsWith('"'))) return { local: address, domain: '' };
  return { local: address.slice(0, at), domain: address.slice(at + 1) };
}

// RFC 5321 §4.1.2: a source route "@a,@b:user@c" is ignored.
function stripRoute(address: string): string {
  if (!address.startsWith('@')) return address;
  const colon = address.indexOf(':');
  return colon === -1 ? address : address.slice(colon + 1);
}
