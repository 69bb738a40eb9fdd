/**
 * tls-late — asks for the code of TLS, which few commands need
 *
 * SEE ALSO  tls-code.ts; ../../../hosts/late-code.ts
 */
import type { LatePart, Os, Syscall } from '../../../os/os.ts';

import type * as code from './tls-code.ts';

const part: LatePart<typeof code> = 'tls-client';

/** TLS as a client. */
export function tlsClientCode(os: Os): Syscall<typeof code> {
  return os.code(part);
}
