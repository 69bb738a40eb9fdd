/** glyphs — one line drawing per kind of host, 20 by 20 */
import type { WorldHost } from '../../../workers/api.ts';

const pigeonholes = 'M2.5 3.5h15v13h-15zM7.5 3.5v13M12.5 3.5v13M2.5 10h15';
const signpost = 'M10 1.5v17M10 4h6l2 2-2 2h-6M10 9.5H4l-2 2 2 2h6';

const glyphs: Record<WorldHost['kind'], string> = {
  workstation: 'M4 4h12v9H4zM1.5 16.5h17',
  mta: pigeonholes,
  'mail-host': pigeonholes,
  resolver: signpost,
  'dns-server': signpost,
  directory: 'M3.5 2.5h11v15h-11zM14.5 5h2.5v3h-2.5M14.5 9.5h2.5v3h-2.5M6.5 6.5h5M6.5 9.5h5',
  mailstore: 'M3.5 2.5h13v15h-13zM3.5 7.5h13M3.5 12.5h13M8 5h4M8 10h4M8 15h4',
  // a letter box with a flap
  receiver: 'M4 18.5V8a6 6 0 0 1 12 0v10.5zM6.5 9h7M1.5 18.5h17',
  outside: 'M10 2a8 8 0 1 0 0 16a8 8 0 1 0 0-16M2 10h16M10 2c-5 5-5 11 0 16M10 2c5 5 5 11 0 16',
};

/** The path of the sign of a kind of host. */
export function glyphOf(kind: string): string {
  return glyphs[kind as WorldHost['kind']] ?? glyphs.outside;
}
