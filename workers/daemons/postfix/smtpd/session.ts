/**
 * session — the state of one SMTP session, from the greeting to the disconnect
 *
 * What RSET forgets is the transaction; what EHLO forgets is that and the client's name for itself; the
 * client's name and address, the login and the error count last as long as the connection (XCLIENT apart).
 *
 * SEE ALSO  smtpd.ts (the loop), chat.ts (reading and writing)
 */
import { shownAddress } from '../../../protocols/smtp/address.ts';
import { printable, printableAscii } from '../../../protocols/smtp/reply.ts';

import type { Connection, Os, Proc, VirtualTime } from '../../../os/os.ts';

import type { MailEnvelope, MailStream } from '../cleanup/mail-stream.ts';
import type { Service } from '../instance.ts';
import type { SecuredClient, ServerTls } from '../tls/tls-services.ts';
import type { Resolution } from '../trivial-rewrite/route.ts';

import type { Anvil } from './anvil.ts';
import type { SmtpdConfig } from './config.ts';
import type { ListEntry } from './dns-lists.ts';
import type { MessageContent } from './message-content.ts';
import type { ClientName } from './peer.ts';

/** The restriction lists of main.cf: smtpd_…_restrictions. */
export type SmtpdPart =
  'client' | 'helo' | 'sender' | 'relay' | 'recipient' | 'etrn' | 'data' | 'end_of_data';

/** Checks a password; the user is as the client gave it. */
export type VerifyPassword = (
  os: Os,
  service: Service,
  user: string,
  password: string,
) => Proc<'ok' | 'bad-password' | { kind: 'try-again'; why: string }>;

/** What a command's handler ends with. A reply that is not ok counts as an error of the client. */
export type Outcome =
  | { kind: 'reply'; text: string; ok: boolean }
  /** the session is over, for this reason */
  | { kind: 'ended'; reason: Ending }
  /** the command was answered, and done: STARTTLS */
  | { kind: 'answered' }
  /** XCLIENT: greet again, as if the client had just connected */
  | { kind: 'greet-again' };

/** Why a session ended before QUIT; 'quiet' is not logged. */
export type Ending = 'timeout' | 'lost connection' | 'too many errors' | 'quiet';

/** What XFORWARD told of the client of the upstream MTA; an absent attribute was not sent. */
export type ForwardedClient = Map<string, string>;

/**
 * A reason to refuse that is kept until it is known whether the request would be permitted or refused anyway.
 */
export interface Deferral {
  code: number;
  status: string;
  text: string;
}

/** MAIL to the end of DATA. */
export interface Transaction {
  /** '' = null reverse-path */
  readonly sender: string;
  readonly arrived: VirtualTime;
  readonly encoding: string;
  readonly smtpUtf8: boolean;
  readonly envelopeId: string;
  readonly returnContent: string;
  /** null until the first accepted recipient */
  stream: MailStream | null;
  envelope: MailEnvelope | null;
  /** while BDAT chunks come */
  chunks: { content: MessageContent; rest: Uint8Array } | null;
}

/**
 * What tables decided about the message under way (access(5) FILTER, HOLD, …): lasts until the transaction
 * ends.
 */
export interface Actions {
  filter: string;
  redirect: string;
  hold: boolean;
  discard: boolean;
  bcc: string[];
  /** header lines to put above Received: */
  prepend: string[];
}

/** The state of the checks, between the parts of one request and between requests (SMTPD_CHECK_RESET). */
export interface CheckState {
  deferIfPermit: Deferral | null;
  deferIfReject: Deferral | null;
  /** what client, helo and sender restrictions left in deferIfPermit */
  afterClient: Deferral | null;
  afterHelo: Deferral | null;
  afterSender: Deferral | null;
  /** depth at which warn_if_reject was said; 0 = not */
  warnIfReject: number;
  recursion: number;
  senderListed: boolean;
  recipientListed: boolean;
  /** the reply of the last rejection */
  rejection: string;
}

export interface CommandCount {
  done: number;
  total: number;
}

/** All of a session. */
export class Session {
  readonly os: Os;
  /** after STARTTLS, the one under TLS */
  conn: Connection;
  readonly service: Service;
  readonly config: SmtpdConfig;
  readonly verify: VerifyPassword | null;
  readonly anvil: Anvil | null;
  /** null: the service has no TLS */
  readonly serverTls: ServerTls | null;

  client: ClientName;
  /** null: what is said can be read by all */
  tls: SecuredClient | null = null;
  /** "name[address]" */
  namaddr = '';
  /** by what anvil(8) knows this client of this service */
  clientAtService = '';
  /** last command or state, for the log */
  where = 'CONNECT';
  helo: string | null = null;
  protocol: 'SMTP' | 'ESMTP' = 'SMTP';
  login: { user: string; method: string } | null = null;
  /** null = nothing was told */
  forwarded: ForwardedClient | null = null;
  transaction: Transaction | null = null;
  actions: Actions = noActions();
  /** SIZE= of the last MAIL; forgotten with the transaction, kept by a refused MAIL */
  declaredSize = 0;
  /** AUTH= of MAIL; null = none. Kept by a refused MAIL, too */
  saslSender: string | null = null;
  /** accepted recipients; they outlive a refused last chunk, as in the real one, until RSET or EHLO */
  recipientCount = 0;
  recipientOvershoot = 0;
  /** the first of them */
  firstRecipient: string | null = null;
  /** a chunk was refused: those up to LAST or RSET are, too */
  chunksFailed = false;
  /**
   * the command talks of another sender or recipient than the transaction's: for checks and their log lines
   */
  checkedSender: string | null = null;
  checkedRecipient: string | null = null;
  etrnDomain: string | null = null;
  smtpUtf8 = false;
  illegalPipelining = false;
  accessDenied: string | null = null;
  discarded: ReadonlySet<string> = new Set();
  xclientAllowed = false;
  xforwardAllowed = false;
  localRewrite = false;

  errorCount = 0;
  junkCommands = 0;
  hangup = false;
  /** bytes of the message that was being received when the connection was lost; for the log */
  contentBytes = 0;
  /** by the order of the commands in the "disconnect" log line; null = never given */
  readonly counts: (CommandCount | null)[];
  readonly checks: CheckState = {
    deferIfPermit: null,
    deferIfReject: null,
    afterClient: null,
    afterHelo: null,
    afterSender: null,
    warnIfReject: 0,
    recursion: 0,
    senderListed: false,
    recipientListed: false,
    rejection: '',
  };
  /** replies not yet written, each ended by CRLF */
  pending = '';
  /** what DNS lists said of this client and its domains, by the name that was looked up */
  listed: Map<string, ListEntry | 'not-listed' | 'no-answer'> | null = null;
  /** what trivial-rewrite(8) said about the addresses of this transaction */
  readonly resolutions: { address: string; resolution: Resolution }[] = [];

  constructor(options: {
    os: Os;
    conn: Connection;
    service: Service;
    config: SmtpdConfig;
    client: ClientName;
    verify: VerifyPassword | null;
    anvil: Anvil | null;
    serverTls: ServerTls | null;
    verbCount: number;
  }) {
    this.os = options.os;
    this.conn = options.conn;
    this.service = options.service;
    this.config = options.config;
    this.verify = options.verify;
    this.anvil = options.anvil;
    this.serverTls = options.serverTls;
    this.client = options.client;
    this.counts = new Array<CommandCount | null>(options.verbCount).fill(null);
    this.setClient(options.client);
  }

  setClient(client: ClientName): void {
    this.client = client;
    this.namaddr = `${client.name}[${client.address}]`;
    this.clientAtService = `${this.serviceName}:${client.address}`;
  }

  /** The service as anvil(8) and its warnings name it. */
  get serviceName(): string {
    const { address, port } = this.conn.local;
    return `${address}:${port}`;
  }

  get queueId(): string {
    return this.transaction?.stream?.queueId ?? 'NOQUEUE';
  }

  /** The sender that checks and log lines speak of; null = no MAIL yet. */
  get sender(): string | null {
    return this.checkedSender ?? this.transaction?.sender ?? null;
  }
  get recipient(): string | null {
    return this.checkedRecipient ?? this.firstRecipient;
  }

  log(text: string): void {
    this.os.log(this.service.ident, text);
  }
  warn(text: string): void {
    this.os.log(this.service.ident, `warning: ${text}`);
  }

  /** "NOQUEUE: reject: RCPT from x[y]: 550 …; from=<a> to=<b> proto=ESMTP helo=<c>" */
  logWhatsup(what: string, text: string): void {
    const sender = this.sender;
    const recipient = this.recipient;
    const parts =
      (sender === null ? '' : ` from=<${shownAddress(sender)}>`) +
      (recipient === null ? '' : ` to=<${shownAddress(recipient)}>`) +
      ` proto=${this.protocol}` +
      (this.helo === null ? '' : ` helo=<${this.helo}>`);
    this.log(`${this.queueId}: ${what}: ${this.where} from ${this.namaddr}: ${text};${parts}`);
  }

  /** RSET, EHLO, a refused message: nothing of it remains. */
  endTransaction(): void {
    this.transaction?.stream?.abandon();
    this.resetMail();
    this.resetRecipients();
  }

  /** A refused last chunk. */
  abandonMail(): void {
    this.transaction?.stream?.abandon();
    this.resetMail();
  }

  /** The same after the stream was finished. */
  resetMail(): void {
    this.transaction = null;
    this.actions = noActions();
    this.declaredSize = 0;
    this.saslSender = null;
    this.chunksFailed = false;
    this.smtpUtf8 = false;
    this.forwarded = null;
    this.resolutions.length = 0;
  }

  resetRecipients(): void {
    this.recipientCount = 0;
    this.recipientOvershoot = 0;
    this.firstRecipient = null;
  }

  /** As text may stand in replies and log lines (printable(3)): without SMTPUTF8 nothing beyond ASCII. */
  shown(text: string, instead: string): string {
    return this.config.smtputf8_enable ? printable(text, instead) : printableAscii(text, instead);
  }

  /** @param order of the command in the log line */
  count(order: number): CommandCount {
    return (this.counts[order] ??= { done: 0, total: 0 });
  }
}

/** A reply that lets the dialogue go on. */
export function accept(text: string): Outcome {
  return { kind: 'reply', text, ok: true };
}

/** A reply that counts as an error. */
export function refuse(text: string): Outcome {
  return { kind: 'reply', text, ok: false };
}

function noActions(): Actions {
  return { filter: '', redirect: '', hold: false, discard: false, bcc: [], prepend: [] };
}
