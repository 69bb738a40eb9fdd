/**
 * config — the parameters that cleanup(8) asks for at every message, read once
 *
 * Field names are those of postconf(5). Tables that are not set are null, or not in their list.
 */
import type { LookupTables } from '../maps/lookup-table.ts';
import { MatchList } from '../maps/match-list.ts';
import type { Parameters } from '../parameters.ts';

import type { AliasTable, CanonicalTable, Masquerade } from './map-addresses.ts';
import type { MimeLimits } from './mime-state.ts';

/** canonical_classes: what kind of address is mapped. */
export type AddressRole = 'envelope_sender' | 'envelope_recipient' | 'header_sender' | 'header_recipient';

/** What content is checked by; null = there are none. */
export interface ContentTables {
  /** header_checks */
  readonly header: LookupTables | null;
  /** mime_header_checks */
  readonly mime: LookupTables | null;
  /** nested_header_checks */
  readonly nested: LookupTables | null;
  /** body_checks */
  readonly body: LookupTables | null;
  /** body_checks_size_limit; 0 = none */
  readonly bodyBytesMax: number;
  readonly limits: MimeLimits;
}

export interface CleanupConfig {
  readonly queue_directory: string;
  /** microseconds; 0 = never waits */
  readonly in_flow_delay: number;
  /** enable_long_queue_ids */
  readonly long_queue_ids: boolean;
  readonly myhostname: string;
  readonly myorigin: string;
  readonly hopcount_limit: number;
  readonly message_size_limit: number;
  readonly line_length_limit: number;
  readonly message_drop_headers: readonly string[];
  readonly always_add_missing_headers: boolean;
  readonly undisclosed_recipients_header: string;
  readonly empty_address_recipient: string;
  /** null = nothing is checked */
  readonly checks: ContentTables | null;
  /** the canonical maps of each role, in their order */
  readonly canonical: Readonly<Record<AddressRole, readonly CanonicalTable[]>>;
  /** null: addresses of that role are not masqueraded */
  readonly masquerade: Readonly<Record<AddressRole, Masquerade | null>>;
  readonly virtual_alias: AliasTable | null;
  readonly always_bcc: string;
  readonly sender_bcc_maps: LookupTables | null;
  readonly recipient_bcc_maps: LookupTables | null;
}

/** Reads them. @param open the tables of a parameter's value */
export function readCleanupConfig(
  parameters: Parameters,
  open: (value: string) => LookupTables,
): CleanupConfig {
  const tables = (name: string): LookupTables | null => {
    const value = parameters.text(name);
    return value === '' ? null : open(value);
  };
  const propagating = parameters.list('propagate_unmatched_extensions');
  const propagates = propagating.includes('canonical');
  const canonical = (role: AddressRole): CanonicalTable[] => {
    const own = role.endsWith('sender') ? 'sender_canonical' : 'recipient_canonical';
    return [own, 'canonical'].flatMap((name) => {
      const found = tables(`${name}_maps`);
      const serves = found !== null && parameters.list(`${name}_classes`).includes(role);
      return serves ? [{ tables: found, name: `${name}_maps`, propagates }] : [];
    });
  };
  const aliases = tables('virtual_alias_maps');
  return {
    queue_directory: parameters.text('queue_directory'),
    in_flow_delay: parameters.time('in_flow_delay'),
    long_queue_ids: parameters.bool('enable_long_queue_ids'),
    myhostname: parameters.text('myhostname'),
    myorigin: parameters.text('myorigin'),
    hopcount_limit: parameters.number('hopcount_limit'),
    message_size_limit: parameters.number('message_size_limit'),
    line_length_limit: parameters.number('line_length_limit'),
    message_drop_headers: parameters.list('message_drop_headers'),
    always_add_missing_headers: parameters.bool('always_add_missing_headers'),
    undisclosed_recipients_header: parameters.text('undisclosed_recipients_header'),
    empty_address_recipient: parameters.text('empty_address_recipient'),
    checks: readContentTables(parameters, tables),
    canonical: {
      envelope_sender: canonical('envelope_sender'),
      envelope_recipient: canonical('envelope_recipient'),
      header_sender: canonical('header_sender'),
      header_recipient: canonical('header_recipient'),
    },
    masquerade: masqueradeOf(parameters, open),
    virtual_alias:
      aliases === null
        ? null
        : {
            tables: aliases,
            propagates: propagating.includes('virtual'),
            expansionMax: parameters.number('virtual_alias_expansion_limit'),
            recursionMax: parameters.number('virtual_alias_recursion_limit'),
          },
    always_bcc: parameters.text('always_bcc'),
    sender_bcc_maps: tables('sender_bcc_maps'),
    recipient_bcc_maps: tables('recipient_bcc_maps'),
  };
}

function masqueradeOf(
  parameters: Parameters,
  open: (value: string) => LookupTables,
): CleanupConfig['masquerade'] {
  const domains = parameters.list('masquerade_domains').map((item) => {
    const domain = item.replace(/^!+/, '');
    return { domain: domain.toLowerCase(), strips: (item.length - domain.length) % 2 === 0 };
  });
  const classes = parameters.list('masquerade_classes');
  const table = { domains, exceptions: new MatchList(parameters.list('masquerade_exceptions'), { open }) };
  const of = (role: AddressRole): Masquerade | null =>
    domains.length > 0 && classes.includes(role) ? table : null;
  return {
    envelope_sender: of('envelope_sender'),
    envelope_recipient: of('envelope_recipient'),
    header_sender: of('header_sender'),
    header_recipient: of('header_recipient'),
  };
}

function readContentTables(
  parameters: Parameters,
  tables: (name: string) => LookupTables | null,
): ContentTables | null {
  const header = tables('header_checks');
  const value = parameters.text('header_checks');
  const likeHeader = (name: string): LookupTables | null =>
    parameters.text(name) === value ? header : tables(name);
  const mime = likeHeader('mime_header_checks');
  const nested = likeHeader('nested_header_checks');
  const body = tables('body_checks');
  if ((header ?? mime ?? nested ?? body) === null) return null;
  return {
    header,
    mime,
    nested,
    body,
    bodyBytesMax: parameters.number('body_checks_size_limit'),
    limits: {
      disabled: parameters.bool('disable_mime_input_processing'),
      nestingMax: parameters.number('mime_nesting_limit'),
      boundaryMax: parameters.number('mime_boundary_length_limit'),
    },
  };
}
