/**
 * make-instance — what the daemons of one Postfix share, made from its main.cf
 */
import { SECOND, type Os, type Proc, type VirtualTime } from '../../../os/os.ts';

import { openCleanupStream, type CleanupService } from '../cleanup/cleanup.ts';
import { readCleanupConfig } from '../cleanup/config.ts';
import type { MailEnvelope, MailStream } from '../cleanup/mail-stream.ts';
import type { Instance, Service } from '../instance.ts';
import { tlsCode } from '../late.ts';
import type { LookupTables } from '../maps/lookup-table.ts';
import { openTables, type TableContext } from '../maps/open-tables.ts';
import type { Parameters } from '../parameters.ts';
import { MailFlow } from '../qmgr/mail-flow.ts';
import type { ServerTls } from '../tls/tls-services.ts';
import { Resolver } from '../trivial-rewrite/resolve.ts';
import { rewriteAddress } from '../trivial-rewrite/rewrite.ts';
import type { Resolution } from '../trivial-rewrite/route.ts';

const resolutionUs = 30 * SECOND; // resolve_clnt.c
const resolutionsMax = 100; // smtpd_resolve.c

/** @param options cleanupOs = the cleanup process, once it runs; wake = tells qmgr of a file in incoming */
export function makeInstance(options: {
  parameters: Parameters;
  addresses: readonly string[];
  cleanupOs: () => Os;
  wake: () => void;
}): Instance {
  return new PostfixInstance(options);
}

interface Remembered {
  address: string;
  sender: string;
  resolution: Resolution;
  expires: VirtualTime;
}

/**
 * What a process was told lately. The last two answers are at hand without composing a key: they come again.
 */
class Resolutions {
  #last: Remembered | null = null;
  #beforeLast: Remembered | null = null;
  readonly #byKey = new Map<string, Remembered>();

  find(address: string, sender: string, now: VirtualTime): Resolution | null {
    let found = this.#last;
    if (!isFor(found, address, sender)) found = this.#beforeLast;
    if (!isFor(found, address, sender)) found = this.#byKey.get(`${sender}\n${address}`) ?? null;
    if (found === null || now >= found.expires) return null;
    this.#remember(found);
    return found.resolution;
  }

  add(answer: Remembered): void {
    if (this.#byKey.size >= resolutionsMax) {
      this.#byKey.clear();
      this.#last = null;
    }
    this.#byKey.set(`${answer.sender}\n${answer.address}`, answer);
    this.#remember(answer);
  }

  #remember(answer: Remembered): void {
    if (answer === this.#last) return;
    this.#beforeLast = this.#last;
    this.#last = answer;
  }
}

function isFor(answer: Remembered | null, address: string, sender: string): boolean {
  return answer !== null && answer.address === address && answer.sender === sender;
}

class PostfixInstance implements Instance {
  verified: Map<string, string> | null = null;
  readonly parameters: Parameters;
  readonly flow: MailFlow;
  readonly #opened = new Map<string, LookupTables>();
  readonly #context: TableContext;
  readonly #resolver: Resolver;
  readonly #cleanup: CleanupService;
  /** what each process was told lately, as resolve_clnt(3) and smtpd's cache remember it */
  readonly #resolutions = new WeakMap<Os, Resolutions>();
  /** of each smtpd process */
  readonly #serverTls = new WeakMap<Os, ServerTls | null>();
  #unfinishedLast = 0;

  constructor(options: {
    parameters: Parameters;
    addresses: readonly string[];
    cleanupOs: () => Os;
    wake: () => void;
  }) {
    const { parameters } = options;
    this.parameters = parameters;
    this.flow = new MailFlow(parameters.number('default_process_limit'));
    const isFree = parameters.time('in_flow_delay') === 0;
    this.#context = {
      recipientDelimiter: parameters.text('recipient_delimiter'),
      aliasTables: new Set([...parameters.list('alias_maps'), ...parameters.list('alias_database')]),
      isLocalDomain: (os, domain) => this.#isLocalDomain(os, domain),
    };
    const open = (value: string): LookupTables => this.tables(value);
    this.#resolver = new Resolver({ parameters, addresses: options.addresses, open });
    this.#cleanup = {
      config: readCleanupConfig(parameters, open),
      processOs: options.cleanupOs,
      rewrite: (address) => this.rewrite(address),
      takeToken: () => isFree || this.flow.take(),
      wake: options.wake,
      unfinishedName: () => String(++this.#unfinishedLast),
    };
  }

  tables(value: string): LookupTables {
    let tables = this.#opened.get(value);
    if (tables === undefined) this.#opened.set(value, (tables = openTables(value, this.#context)));
    return tables;
  }

  *resolve(os: Os, address: string, sender: string): Proc<Resolution> {
    const old = this.resolved(os, address, sender);
    if (old !== null) return old;
    const resolution = yield* this.#resolver.resolve(os, address, sender);
    if (resolution.kind !== 'try-again')
      this.#resolutionsOf(os).add({ address, sender, resolution, expires: os.now() + resolutionUs });
    return resolution;
  }

  resolved(os: Os, address: string, sender: string): Resolution | null {
    return this.#resolutionsOf(os).find(address, sender, os.now());
  }

  rewrite(address: string): string {
    return rewriteAddress(this.parameters, address);
  }

  openCleanup(os: Os, envelope: MailEnvelope): MailStream {
    return openCleanupStream(this.#cleanup, os, envelope);
  }

  *serverTls(os: Os, service: Service): Proc<ServerTls | null> {
    let made = this.#serverTls.get(os);
    if (made === undefined) this.#serverTls.set(os, (made = (yield* tlsCode(os)).openServer(os, service)));
    return made;
  }

  #resolutionsOf(os: Os): Resolutions {
    let known = this.#resolutions.get(os);
    if (known === undefined) this.#resolutions.set(os, (known = new Resolutions()));
    return known;
  }

  *#isLocalDomain(os: Os, domain: string): Proc<boolean> {
    if (domain.toLowerCase() === this.parameters.text('myorigin').toLowerCase()) return true;
    return (yield* this.#resolver.isLocalDomain(os, domain)).kind === 'yes';
  }
}
