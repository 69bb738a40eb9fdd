/**
 * table — one lookup table, whatever its type
 */
import type { Os, Proc } from '../../../os/os.ts';

import type { TableAnswer } from './lookup-table.ts';

export interface Table {
  /** "hash:/etc/aliases" */
  readonly title: string;
  /** keys are fixed strings: parts of an address may be looked up; false for patterns (regexp, pcre, cidr) */
  readonly fixed: boolean;
  lookup(os: Os, key: string): Proc<TableAnswer>;
}
