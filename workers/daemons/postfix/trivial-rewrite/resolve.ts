/**
 * resolve — which class a recipient's domain belongs to, and by which transport to which nexthop its mail
 * goes
 *
 * The class gives the transport and nexthop; relayhost and the transport table change them.
 *
 * SEE ALSO  trivial-rewrite(8), ADDRESS_CLASS_README, transport(5)
 */
import { isHostName, isMailHostAddress } from '../../../protocols/smtp/host-name.ts';

import { SECOND, type Os, type Proc, type VirtualTime } from '../../../os/os.ts';

import { lateCode } from '../late.ts';
import type { LookupTables, TableAnswer } from '../maps/lookup-table.ts';
import { MatchList, type MatchResult } from '../maps/match-list.ts';
import { withoutExtension } from '../maps/open-tables.ts';
import type { Parameters } from '../parameters.ts';

import { plainDomain, rewriteAddress, splitAddress } from './rewrite.ts';
import type { AddressClass, Resolution } from './route.ts';

const wildcardUs = 30 * SECOND; // transport.c: 30 seconds
/** What no mail can go to. */
export const badAddress = Object.freeze({ kind: 'bad-address', why: 'bad address syntax' } as const);

/** An address whose domain is known. */
interface Destination {
  recipient: string;
  /** lower case */
  domain: string;
  sender: string;
  /** see Resolution */
  routed: boolean;
}

export class Resolver {
  readonly #parameters: Parameters;
  readonly #addresses: ReadonlySet<string>;
  readonly #myDestination: MatchList;
  readonly #virtualAlias: MatchList;
  readonly #virtualMailbox: MatchList;
  readonly #relay: MatchList;
  readonly #transports: LookupTables;
  readonly #relayHosts: LookupTables;
  readonly #senderTransports: LookupTables;
  /** what the transport table says for "*", asked for again now and then */
  #wildcard: { answer: TableAnswer; expires: VirtualTime } = { answer: { kind: 'not-found' }, expires: 0 };

  /** @param options addresses of the host's interfaces; open = tables of a parameter's value */
  constructor(options: {
    parameters: Parameters;
    addresses: readonly string[];
    open: (value: string) => LookupTables;
  }) {
    const { parameters, open } = options;
    this.#parameters = parameters;
    this.#addresses = new Set(ownAddresses(parameters, options.addresses));
    const parentMatches = parameters.list('parent_domain_matches_subdomains').includes('relay_domains');
    this.#myDestination = new MatchList(parameters.list('mydestination'), { open });
    this.#virtualAlias = new MatchList(parameters.list('virtual_alias_domains'), { open });
    this.#virtualMailbox = new MatchList(parameters.list('virtual_mailbox_domains'), { open });
    this.#relay = new MatchList(parameters.list('relay_domains'), { open, parentMatches });
    this.#transports = open(parameters.text('transport_maps'));
    this.#relayHosts = open(parameters.text('sender_dependent_relayhost_maps'));
    this.#senderTransports = open(parameters.text('sender_dependent_default_transport_maps'));
  }

  /** Whether mail for the domain is delivered on this host: mydestination, or [an address of ours]. */
  *isLocalDomain(os: Os, domain: string): Proc<MatchResult> {
    const name = (domain.endsWith('.') ? domain.slice(0, -1) : domain).toLowerCase();
    if (name === '' || name.endsWith('.')) return { kind: 'no' };
    if (name.startsWith('[') && name.endsWith(']') && this.#addresses.has(name.slice(1, -1)))
      return { kind: 'yes' };
    return this.#myDestination.decides(name) ?? (yield* this.#myDestination.matches(os, name));
  }

  /** Resolves a recipient for mail from `sender`. */
  *resolve(os: Os, address: string, sender: string): Proc<Resolution> {
    const resolution = yield* this.#resolveAny(os, address, sender);
    const isOption = resolution.kind === 'resolved' && resolution.recipient.startsWith('-');
    return isOption && !this.#parameters.bool('allow_min_user') ? badAddress : resolution;
  }

  *#resolveAny(os: Os, address: string, sender: string): Proc<Resolution> {
    const recipient = rewriteAddress(this.#parameters, address);
    const plain = plainDomain(recipient);
    if (plain === null || !isHostName(plain)) return yield* this.#resolveOdd(os, recipient, sender);
    const isLocal = yield* this.isLocalDomain(os, plain);
    if (isLocal.kind === 'try-again') return isLocal;
    const to = { recipient, domain: plain.toLowerCase(), sender, routed: false };
    return isLocal.kind === 'yes' ? yield* this.#resolveLocal(os, to) : yield* this.#resolveRemote(os, to);
  }

  *#resolveOdd(os: Os, address: string, sender: string): Proc<Resolution> {
    const { findDestination } = yield* lateCode(os);
    const rules = {
      parameters: this.#parameters,
      isLocal: (domain: string): Proc<MatchResult> => this.isLocalDomain(os, domain),
    };
    const found = yield* findDestination(rules, address);
    if ('kind' in found) return found;
    const to = { ...found, sender };
    return found.isLocal ? yield* this.#resolveLocal(os, to) : yield* this.#resolveRemote(os, to);
  }

  *#resolveLocal(os: Os, to: Destination): Proc<Resolution> {
    const { transport, nexthop } = splitTransport(this.#parameters.text('local_transport'));
    return yield* this.#mapped(os, to, { addressClass: 'local', transport, nexthop: nexthop || to.domain });
  }

  *#resolveRemote(os: Os, to: Destination): Proc<Resolution> {
    const { domain, recipient, routed } = to;
    const alias = yield* this.#virtualAlias.matches(os, domain);
    if (alias.kind === 'try-again') return alias;
    if (alias.kind === 'yes') {
      const table = this.#parameters.bool('show_user_unknown_table_name') ? ' in virtual alias table' : '';
      return {
        kind: 'resolved',
        addressClass: 'virtual-alias',
        transport: this.#parameters.text('error_service_name'),
        nexthop: `5.1.1 User unknown${table}`,
        recipient,
        unknownUserTable: true,
        routed,
      };
    }
    const mailbox = yield* this.#virtualMailbox.matches(os, domain);
    if (mailbox.kind === 'try-again') return mailbox;
    if (mailbox.kind === 'yes') {
      const { transport, nexthop } = splitTransport(this.#parameters.text('virtual_transport'));
      const addressClass = 'virtual-mailbox';
      return yield* this.#mapped(os, to, { addressClass, transport, nexthop: nexthop || domain });
    }
    const relay = yield* this.#relay.matches(os, domain);
    if (relay.kind === 'try-again') return relay;
    const addressClass = relay.kind === 'yes' ? 'relay' : 'default';
    const how = yield* this.#defaultRoute(os, addressClass, to);
    return 'kind' in how ? how : yield* this.#mapped(os, to, { addressClass, ...how });
  }

  // The transport of the class, its own nexthop, else the relay host, else the domain.
  *#defaultRoute(
    os: Os,
    addressClass: 'relay' | 'default',
    to: { domain: string; sender: string },
  ): Proc<{ transport: string; nexthop: string } | Extract<Resolution, { kind: 'try-again' }>> {
    let text = this.#parameters.text(addressClass === 'relay' ? 'relay_transport' : 'default_transport');
    if (addressClass === 'default') {
      const answer = yield* this.#bySender(os, this.#senderTransports, to.sender);
      if (answer.kind === 'try-again') return answer;
      if (answer.kind === 'found' && answer.value !== 'DUNNO') text = answer.value;
    }
    const { transport, nexthop } = splitTransport(text);
    if (nexthop !== '') return { transport, nexthop };
    const answer = yield* this.#bySender(os, this.#relayHosts, to.sender);
    if (answer.kind === 'try-again') return answer;
    const relayHost =
      answer.kind === 'found' && answer.value !== 'DUNNO' ? answer.value : this.#parameters.text('relayhost');
    return { transport, nexthop: relayHost || to.domain };
  }

  *#bySender(
    os: Os,
    tables: LookupTables,
    sender: string,
  ): Proc<{ kind: 'found'; value: string } | { kind: 'not-found' } | { kind: 'try-again'; why: string }> {
    if (tables.title === '') return { kind: 'not-found' };
    return yield* tables.lookupAddress(
      os,
      sender === '' ? this.#parameters.text('smtpd_null_access_lookup_key') : sender,
    );
  }

  // transport(5): the whole address, the domain, its parents as ".parent", "*".
  *#mapped(
    os: Os,
    to: Destination,
    how: { addressClass: AddressClass; transport: string; nexthop: string },
  ): Proc<Resolution> {
    let { transport, nexthop } = how;
    if (this.#transports.title !== '') {
      const answer = yield* this.#findTransport(os, to.recipient, to.domain);
      if (answer.kind === 'try-again') return answer;
      const route = splitTransport(answer.kind === 'found' ? answer.value : '');
      if (route.transport !== '') {
        transport = route.transport;
        nexthop = route.nexthop || to.domain || this.#parameters.text('myhostname');
      } else if (route.nexthop !== '') nexthop = route.nexthop;
    }
    const { recipient, routed } = to;
    const { addressClass } = how;
    return { kind: 'resolved', addressClass, transport, nexthop, recipient, unknownUserTable: false, routed };
  }

  *#findTransport(os: Os, recipient: string, domain: string): Proc<TableAnswer> {
    for (const key of this.#transportKeys(recipient, domain)) {
      const answer = yield* this.#transports.lookup(os, key);
      if (answer.kind !== 'not-found') return answer;
    }
    if (os.now() >= this.#wildcard.expires) {
      this.#wildcard = { answer: yield* this.#transports.lookup(os, '*'), expires: os.now() + wildcardUs };
    }
    return this.#wildcard.answer;
  }

  #transportKeys(recipient: string, domain: string): string[] {
    const keys = [recipient];
    const { local } = splitAddress(recipient);
    const user = withoutExtension(local, this.#parameters.text('recipient_delimiter'));
    if (user !== local) keys.push(`${user}@${domain}`);
    if (domain !== '' && !domain.startsWith('[')) {
      keys.push(domain);
      for (let dot = domain.indexOf('.'); dot !== -1; dot = domain.indexOf('.', dot + 1))
        keys.push(domain.slice(dot));
    }
    return keys;
  }
}

/** inet_interfaces and proxy_interfaces. @param host all addresses of the host */
export function ownAddresses(parameters: Parameters, host: readonly string[]): string[] {
  const own = [...parameters.list('proxy_interfaces')];
  for (const item of parameters.list('inet_interfaces')) {
    if (item === 'all') own.push('127.0.0.1', ...host);
    else if (item === 'loopback-only' || item === 'localhost') own.push('127.0.0.1');
    else if (isMailHostAddress(item)) own.push(item);
    else own.push(...host); // SIMPLIFIED: a name is not looked up; it is taken for this host's
  }
  return own;
}

/** "transport:nexthop" → its parts; either may be ''. */
export function splitTransport(text: string): { transport: string; nexthop: string } {
  const colon = text.indexOf(':');
  if (colon === -1) return { transport: text.trim(), nexthop: '' };
  return { transport: text.slice(0, colon).trim(), nexthop: text.slice(colon + 1).trim() };
}
