/**
 * make-instance — what the daemons of one Postfix share, made from its main.cf
 */
import type { Os, Proc } from '../../../os/os.ts';

import { openCleanupStream, type CleanupService } from '../cleanup/cleanup.ts';
import type { MailEnvelope, MailStream } from '../cleanup/mail-stream.ts';
import type { Instance } from '../instance.ts';
import type { LookupTables } from '../maps/lookup-table.ts';
import { openTables, type TableContext } from '../maps/open-tables.ts';
import type { Parameters } from '../parameters.ts';
import { Resolver } from '../trivial-rewrite/resolve.ts';
import { rewriteAddress } from '../trivial-rewrite/rewrite.ts';
import type { Resolution } from '../trivial-rewrite/route.ts';

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
  readonly #cleanupOs: () => Os;
  readonly #wake: () => void;
  /** cleanup services by the parameters that differ from the instance's */
  #unfinishedLast = 0;

  constructor(options: {
    parameters: Parameters;
    addresses: readonly string[];
    cleanupOs: () => Os;
    wake: () => void;
  }) {
    const { parameters } = options;
    this.parameters = parameters;
    this.#cleanupOs = options.cleanupOs;
    this.#wake = options.wake;
    this.#context = {
      recipientDelimiter: parameters.text('recipient_delimiter'),
      aliasTables: new Set([...parameters.list('alias_maps'), ...parameters.list('alias_database')]),
      isLocalDomain: (os, domain) => this.#isLocalDomain(os, domain),
    };
    const open = (value: string): LookupTables => this.tables(value);
    this.#resolver = new Resolver({ parameters, addresses: options.addresses, open });
  }

  tables(value: string): LookupTables {
    let tables = this.#opened.get(value);
    if (tables === undefined) this.#opened.set(value, (tables = openTables(value, this.#context)));
    return tables;
  }

  *resolve(os: Os, address: string, sender: string): Proc<Resolution> {
    return yield* this.#resolver.resolve(os, address, sender);
  }

  rewrite(address: string): string {
    return rewriteAddress(this.parameters, address);
  }

  openCleanup(os: Os, envelope: MailEnvelope): MailStream {
    const service: CleanupService = {
      parameters: this.parameters,
      os: this.#cleanupOs(),
      tables: (value) => this.tables(value),
      rewrite: (address) => this.rewrite(address),
      wake: this.#wake,
      unfinishedName: () => String(++this.#unfinishedLast),
    };
    return openCleanupStream(service, os, envelope);
  }

  *#isLocalDomain(os: Os, domain: string): Proc<boolean> {
    return (yield* this.#resolver.isLocalDomain(os, domain)).kind === 'yes';
  }
}
