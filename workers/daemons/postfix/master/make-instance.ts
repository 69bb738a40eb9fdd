/**
 * make-instance — what the daemons of one Postfix share, made from its main.cf
 */
import { SECOND, type Os, type Proc, type VirtualTime } from '../../../os/os.ts';

import { openCleanupStream, type CleanupService } from '../cleanup/cleanup.ts';
import { readCleanupConfig } from '../cleanup/config.ts';
import type { MailEnvelope, MailStream } from '../cleanup/mail-stream.ts';
import type { Instance } from '../instance.ts';
import type { LookupTables } from '../maps/lookup-table.ts';
import { openTables, type TableContext } from '../maps/open-tables.ts';
import type { Parameters } from '../parameters.ts';
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

class PostfixInstance implements Instance {
  readonly parameters: Parameters;
  readonly #opened = new Map<string, LookupTables>();
  readonly #context: TableContext;
  readonly #resolver: Resolver;
  readonly #cleanup: CleanupService;
  /** what each process was told lately, as resolve_clnt(3) and smtpd's cache remember it */
  readonly #resolutions = new WeakMap<Os, Map<string, { resolution: Resolution; expires: VirtualTime }>>();
  #unfinishedLast = 0;

  constructor(options: {
    parameters: Parameters;
    addresses: readonly string[];
    cleanupOs: () => Os;
    wake: () => void;
  }) {
    const { parameters } = options;
    this.parameters = parameters;
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
    if (resolution.kind === 'try-again') return resolution;
    const known = this.#resolutionsOf(os);
    if (known.size >= resolutionsMax) known.clear();
    known.set(`${sender}\n${address}`, { resolution, expires: os.now() + resolutionUs });
    return resolution;
  }

  resolved(os: Os, address: string, sender: string): Resolution | null {
    const old = this.#resolutionsOf(os).get(`${sender}\n${address}`);
    return old !== undefined && os.now() < old.expires ? old.resolution : null;
  }

  rewrite(address: string): string {
    return rewriteAddress(this.parameters, address);
  }

  openCleanup(os: Os, envelope: MailEnvelope): MailStream {
    return openCleanupStream(this.#cleanup, os, envelope);
  }

  #resolutionsOf(os: Os): Map<string, { resolution: Resolution; expires: VirtualTime }> {
    let known = this.#resolutions.get(os);
    if (known === undefined) this.#resolutions.set(os, (known = new Map()));
    return known;
  }

  *#isLocalDomain(os: Os, domain: string): Proc<boolean> {
    return (yield* this.#resolver.isLocalDomain(os, domain)).kind === 'yes';
  }
}
