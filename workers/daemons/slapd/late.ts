/**
 * late — what slapd is seldom asked: fetched when somebody does
 *
 * SEE ALSO  ../../../docs/decisions/0007-late-code.md
 */
import type { LatePart, Os, Syscall } from '../../os/os.ts';

import type * as code from './late-code.ts';

export type SlapdLate = typeof code;

const late: LatePart<SlapdLate> = 'slapd';

/** All of it. */
export function lateCode(os: Os): Syscall<SlapdLate> {
  return os.code(late);
}
