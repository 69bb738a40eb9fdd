/**
 * late — the parts of Postfix that a first delivery does not need: fetched when a daemon asks for them
 *
 * SEE ALSO  late-code.ts, tls/tls-services.ts; ../../../docs/decisions/0007-late-code.md
 */
import type { LatePart, Os, Syscall } from '../../os/os.ts';

import type * as code from './late-code.ts';
import type * as tlsOnly from './tls/tls-code.ts';

const late: LatePart<typeof code> = 'postfix';
const tls: LatePart<typeof tlsOnly> = 'tls';

/** All but TLS. */
export function lateCode(os: Os): Syscall<typeof code> {
  return os.code(late);
}

/** TLS, which is long. */
export function tlsCode(os: Os): Syscall<typeof tlsOnly> {
  return os.code(tls);
}
