/**
 * local — the Postfix local delivery agent: aliases(5), then mailbox_transport, else the user's mailbox file
 *
 * An alias whose members are users of this host is followed here; members elsewhere get the message forwarded
 * in a new queue file.
 *
 * SIMPLIFIED: no |command, /file and :include: members (they bounce with a reason), no .forward files, no
 * mailbox_command; a mailbox is a file in $mail_spool_directory, without locks and quotas.
 *
 * SEE ALSO  local(8), aliases(5)
 */
import * as utf8 from '../../../bytes/utf8.ts';

import { NEVER, type Os, type Proc } from '../../../os/os.ts';

import type { AgentPool } from '../delivery/agent-pool.ts';
import {
  notifyOfMembers,
  recordBounced,
  recordDeferred,
  recordSent,
  type Agent,
  type Attempt,
} from '../delivery/record.ts';
import type {
  DeliveryReply,
  DeliveryRequest,
  DeliveryResult,
  RequestRecipient,
} from '../delivery/request.ts';
import type { Instance } from '../instance.ts';
import { splitList } from '../main-cf.ts';
import { withoutExtension } from '../maps/open-tables.ts';
import { parseSource } from '../maps/text-table.ts';
import { enterMessage, traceLines } from '../master/enter-message.ts';
import { splitTransport } from '../trivial-rewrite/resolve.ts';
import { splitAddress } from '../trivial-rewrite/rewrite.ts';

import { wasDeliveredTo } from './delivered-to.ts';
import { appendMailbox } from './mailbox.ts';

export interface LocalConfig {
  instance: Instance;
  agent: Agent;
  /** the agents of mailbox_transport and fallback_transport */
  agentsOf: (transport: string) => AgentPool | null;
}

const aliasesDeepMax = 50;

/** Delivers to each recipient of the request. */
export function* deliverLocal(os: Os, config: LocalConfig, request: DeliveryRequest): Proc<DeliveryResult> {
  let result: DeliveryResult = { deferred: false, reason: '', trouble: null };
  for (const recipient of request.recipients) {
    const one = yield* deliverRecipient(os, config, request, recipient);
    if (one.deferred) result = one;
  }
  return result;
}

function* deliverRecipient(
  os: Os,
  config: LocalConfig,
  request: DeliveryRequest,
  recipient: RequestRecipient,
): Proc<DeliveryResult> {
  if (wasDeliveredTo(request, recipient.address)) {
    return bounce(os, config, request, recipient, '5.4.6', `mail forwarding loop for ${recipient.address}`);
  }
  const user = splitAddress(recipient.address).local.toLowerCase();
  // local(8): user+extension is an alias of its own, else the alias of user.
  const base = withoutExtension(user, config.instance.parameters.text('recipient_delimiter'));
  let members = yield* expandAlias(os, config, user);
  if (members === null && base !== user) members = yield* expandAlias(os, config, base);
  if (members !== null && 'why' in members) return defer(os, config, request, recipient, members.why);
  if (members !== null && 'loop' in members) {
    const text = `alias database loop for ${members.loop}`;
    os.log(config.agent.ident, `warning: ${text}`);
    const address = config.instance.rewrite(members.loop);
    return bounce(os, config, request, { ...recipient, address }, '5.4.6', text);
  }
  if (members === null) return yield* deliverUser(os, config, request, recipient);
  return yield* deliverAlias(os, config, request, { recipient, members: members.members });
}

/** Follows aliases until users and addresses are left. @returns null when there is no such alias */
function* expandAlias(
  os: Os,
  { instance, agent: { ident } }: LocalConfig,
  name: string,
): Proc<{ members: string[] } | { why: string } | { loop: string } | null> {
  const tables = instance.tables(instance.parameters.text('alias_maps'));
  const members: string[] = [];
  const seen = new Set<string>([name]);
  const left = [{ name, depth: 0 }];
  let last = name;
  for (let found = false; left.length > 0; found = true) {
    const next = left.shift()!;
    last = next.name;
    const answer = yield* tables.lookup(os, next.name);
    if (answer.kind === 'try-again') return { why: `alias database unavailable` };
    if (answer.kind === 'not-found') {
      if (!found) return null;
      members.push(next.name);
      continue;
    }
    const raws = splitList(answer.value);
    if (raws.length === 0) {
      os.log(ident, `warning: no recipient in alias lookup result for ${next.name}`);
      return { why: 'alias database unavailable' };
    }
    for (const raw of raws) {
      const member = raw.replace(/^\\?"?(.*?)"?$/, '$1');
      const address = instance.rewrite(member);
      const { local, domain } = splitAddress(address);
      const isPlain = !/^[|/:]/.test(member);
      const local8 = isPlain && (yield* isOurs(os, instance, domain));
      const key = local8 ? local.toLowerCase() : member;
      if (local8 && key === next.name)
        members.push(key); // an alias that names itself: the user
      else if (!seen.has(key) && next.depth < aliasesDeepMax) {
        seen.add(key);
        if (local8) left.push({ name: key, depth: next.depth + 1 });
        else members.push(isPlain ? address : member);
      }
    }
  }
  return members.length > 0 ? { members } : { loop: last };
}

function* isOurs(os: Os, instance: Instance, domain: string): Proc<boolean> {
  const resolution = yield* instance.resolve(os, `postmaster@${domain}`, '');
  return resolution.kind === 'resolved' && resolution.addressClass === 'local';
}

function* deliverAlias(
  os: Os,
  config: LocalConfig,
  request: DeliveryRequest,
  alias: { recipient: RequestRecipient; members: readonly string[] },
): Proc<DeliveryResult> {
  const { recipient } = alias;
  const users = alias.members.filter((member) => !/[@|/:]/.test(member));
  const elsewhere = alias.members.filter((member) => member.includes('@'));
  const [user] = users;
  if (users.length === 1 && elsewhere.length === 0) {
    const address = config.instance.rewrite(user!);
    return yield* deliverUser(os, config, request, { ...recipient, address });
  }
  const to = [...users.map((name) => config.instance.rewrite(name)), ...elsewhere];
  if (to.length === 0) {
    return bounce(
      os,
      config,
      request,
      recipient,
      '5.7.1',
      `destination of alias not supported: ${alias.members.join(', ')}`,
    );
  }
  if (request.isProbe === true) {
    const text = `forwards to ${to.join(', ')}`;
    const probed = attempt(os, request, recipient, { dsn: '2.0.0', text });
    recordSent(os, config.agent, request, probed, 'delivered');
    return settled;
  }
  const owner = yield* ownerOf(os, config.instance, recipient.address);
  const queueId = yield* forward(os, config.instance, { request, recipient, to, owner });
  if (queueId === null) return defer(os, config, request, recipient, 'unable to forward message');
  const sent = attempt(os, request, recipient, { dsn: '2.0.0', text: `forwarded as ${queueId}` });
  recordSent(os, config.agent, request, sent, 'delivered', 'alias expanded');
  return settled;
}

// The owner of a list, when it has one, gets what goes wrong with it.
function* ownerOf(os: Os, instance: Instance, address: string): Proc<string | null> {
  const tables = instance.tables(instance.parameters.text('alias_maps'));
  const owner = `owner-${splitAddress(address).local}`;
  const answer = yield* tables.lookup(os, owner.toLowerCase());
  return answer.kind === 'found' ? instance.rewrite(owner) : null;
}

// One user of this host.
function* deliverUser(
  os: Os,
  config: LocalConfig,
  request: DeliveryRequest,
  recipient: RequestRecipient,
): Proc<DeliveryResult> {
  const { parameters } = config.instance;
  const mailbox = parameters.text('mailbox_transport');
  if (mailbox !== '') return yield* passOn(os, config, request, { recipient, route: mailbox });
  const { local } = splitAddress(recipient.address);
  const user = withoutExtension(local.toLowerCase(), parameters.text('recipient_delimiter'));
  const passwd = os.files.read('/etc/passwd');
  if (passwd !== null && parseSource(utf8.decode(passwd), 'passwd').has(user)) {
    const isProbe = request.isProbe === true;
    if (!isProbe)
      yield* appendMailbox(os, {
        path: `${parameters.text('mail_spool_directory')}/${user}`,
        request,
        recipient,
      });
    recordSent(
      os,
      config.agent,
      request,
      attempt(os, request, recipient, {
        dsn: '2.0.0',
        text: isProbe ? 'delivers to mailbox' : 'delivered to mailbox',
      }),
      'delivered',
    );
    return settled;
  }
  const fallback = parameters.text('fallback_transport');
  if (fallback !== '') return yield* passOn(os, config, request, { recipient, route: fallback });
  const luser = parameters.text('luser_relay');
  if (luser !== '')
    return yield* deliverAlias(os, config, request, { recipient, members: [config.instance.rewrite(luser)] });
  return bounce(os, config, request, recipient, '5.1.1', `unknown user: "${user}"`);
}

// deliver_pass(3): another agent delivers in our place and logs under its own name.
function* passOn(
  os: Os,
  config: LocalConfig,
  request: DeliveryRequest,
  to: { recipient: RequestRecipient; route: string },
): Proc<DeliveryResult> {
  const { transport, nexthop } = splitTransport(to.route);
  const pool = config.agentsOf(transport);
  if (pool === null) return defer(os, config, request, to.recipient, 'mail transport unavailable');
  const answers = os.channel<DeliveryReply>();
  pool.submit({
    ...request,
    transport,
    recipients: [to.recipient],
    replyTo: answers,
    cause: os.cause,
    nexthop: nexthop || splitAddress(to.recipient.address).domain,
  });
  for (;;) {
    const answer = yield* answers.take({ deadline: NEVER }); // the agent's own deadlines end it
    if (answer !== 'timeout') return { deferred: answer.deferred, reason: answer.reason, trouble: null };
  }
}

function defer(
  os: Os,
  config: LocalConfig,
  request: DeliveryRequest,
  recipient: RequestRecipient,
  text: string,
): DeliveryResult {
  recordDeferred(os, config.agent, request, attempt(os, request, recipient, { dsn: '4.3.0', text }));
  return { deferred: true, reason: text, trouble: null };
}

function bounce(
  os: Os,
  config: LocalConfig,
  request: DeliveryRequest,
  recipient: RequestRecipient,
  dsn: string,
  text: string,
): DeliveryResult {
  const deferred = recordBounced(os, config.agent, request, attempt(os, request, recipient, { dsn, text }));
  return deferred ? { deferred, reason: text, trouble: null } : settled;
}

function attempt(
  os: Os,
  request: DeliveryRequest,
  recipient: RequestRecipient,
  reason: { dsn: string; text: string },
): Attempt {
  const now = os.now();
  const times = {
    arrived: request.arrived,
    active: request.active,
    handedOff: now,
    connected: null,
    ended: now,
  };
  return { recipient, relay: 'local', times, ...reason, remoteMta: '', diagnostic: '' };
}

const settled: DeliveryResult = Object.freeze({ deferred: false, reason: '', trouble: null });

/** Enters a copy for other recipients. @returns its queue id, null when cleanup would not have it */
function forward(
  os: Os,
  instance: Instance,
  message: {
    request: DeliveryRequest;
    recipient: RequestRecipient;
    to: readonly string[];
    /** who gets the failures, owner-ALIAS; null = the sender */
    owner: string | null;
  },
): Proc<string | null> {
  const { request, recipient, to, owner } = message;
  // What a list sends is mail of its owner: nobody asks there what it was addressed to.
  const original = owner === null ? recipient : { originalAddress: '', dsnOriginalRecipient: '' };
  const asked = { ...original, notify: notifyOfMembers(recipient.notify) };
  return enterMessage(os, instance, {
    sender: owner ?? request.sender,
    recipients: to.map((address) => ({ ...asked, address })),
    encoding: request.encoding,
    headerOf: (queueId) => `${traceLines(os, instance, queueId)}Delivered-To: ${recipient.address}\r\n`,
    content: request.readContent(),
  });
}
