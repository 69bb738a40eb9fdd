/**
 * message — the message that swaks sends: its template, with what the command line puts in
 */
import { formatTime } from '../../host/civil-time.ts';

const template =
  'Date: %DATE%\nTo: %TO_ADDRESS%\nFrom: %FROM_ADDRESS%\nSubject: test %DATE%\nMessage-Id: <%MESSAGEID%>\n' +
  'X-Mailer: swaks v%SWAKS_VERSION% jetmore.org/john/code/swaks/\n%NEW_HEADERS%\n%BODY%\n';

/** The version that ours is like. */
export const swaksVersion = '20201014.0';

export interface MessageParts {
  /** null: the usual template */
  readonly data: string | null;
  readonly body: string | null;
  readonly headers: readonly string[];
  readonly added: readonly string[];
  readonly to: string;
  readonly from: string;
  readonly hostName: string;
  readonly pid: number;
  readonly epochUs: number;
}

/** The lines of the message, dots doubled; the last two are empty and ".". */
export function messageLines(parts: MessageParts): string[] {
  const id = `${formatTime('%Y%m%d%H%M%S', parts.epochUs)}.${String(parts.pid).padStart(6, '0')}`;
  let data = unescaped(parts.data ?? template);
  const added = [...parts.added];
  for (const header of parts.headers) {
    const replaced = withHeader(data, header);
    if (replaced === null) added.push(header);
    else data = replaced;
  }
  if (parts.data === null) data += '\n';
  const extra = added.map((header) => `${unescaped(header)}\n`).join('');
  data = data.includes('%NEW_HEADERS%') ? data.replace('%NEW_HEADERS%', () => extra) : withMore(data, extra);
  const tokens: Readonly<Record<string, string>> = {
    DATE: formatTime('%a, %d %b %Y %T %z', parts.epochUs),
    TO_ADDRESS: parts.to,
    FROM_ADDRESS: parts.from,
    MESSAGEID: `${id}@${parts.hostName}`,
    SWAKS_VERSION: swaksVersion,
    BODY: unescaped(parts.body ?? 'This is a test mailing').replace(/\n$/, ''),
  };
  data = data.replace(/%([A-Z_]+)%/g, (all, name: string) => tokens[name] ?? all);
  const lines = data
    .replaceAll('\r\n', '\n')
    .replace(/\n\.\n?$/, '\n')
    .split('\n');
  return [...lines.map((line) => (line.startsWith('.') ? `.${line}` : line)), '.'];
}

// "\n" in an argument is a line end.
function unescaped(text: string): string {
  return text.replaceAll('\\n', '\n');
}

/** The data with a header in place of that of its name; null when it has none. */
function withHeader(data: string, header: string): string | null {
  const name = header.slice(0, header.indexOf(':')).toLowerCase();
  const lines = data.split('\n');
  const end = lines.indexOf('');
  const at = lines.findIndex((line, i) => (end < 0 || i < end) && line.toLowerCase().startsWith(`${name}:`));
  if (at < 0 || header.indexOf(':') <= 0) return null;
  lines[at] = header;
  return lines.join('\n');
}

function withMore(data: string, headers: string): string {
  const end = data.indexOf('\n\n');
  return headers === '' || end < 0 ? data : `${data.slice(0, end + 1)}${headers}${data.slice(end + 1)}`;
}
