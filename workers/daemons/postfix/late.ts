/**
 * late — the parts of Postfix that a first delivery does not need: fetched when a daemon asks for them
 *
 * SEE ALSO  late-code.ts, tls/tls-services.ts; ../../../docs/decisions/0007-late-code.md
 */
import type { LatePart, Os, Syscall } from '../../os/os.ts';

const late: LatePart<typeof import('./late-code.ts')> = 'postfix';
const tls: LatePart<typeof import('./tls/tls-code.ts')> = 'tls';

/** All but TLS. */
export function lateCode(os: Os): Syscall<typeof import('./late-code.ts')> {
  return os.code(late);
}

/** TLS, which is long. */
export function tlsCode(os: Os): Syscall<typeof import('./tls/tls-code.ts')> {
  return os.code(tls);
}
