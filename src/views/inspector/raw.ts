/** raw — an event's own fields, as they are; bytes as text where they are text, else as hex */
import type { TraceEvent } from '../../../workers/api.ts';

const bytesShownMax = 2000;

/** An event as the trace has it, one field a line. */
export function rawOf(event: TraceEvent): string {
  return Object.entries(event)
    .map(([name, value]) => `${name}: ${value instanceof Uint8Array ? bytesText(value) : String(value)}`)
    .join('\n');
}

function bytesText(bytes: Uint8Array): string {
  if (bytes.length === 0) return '(no bytes)';
  const shown = bytes.subarray(0, bytesShownMax);
  const more = bytes.length > shown.length ? `\n… ${bytes.length - shown.length} more octets` : '';
  const isText = shown.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
  const text = isText
    ? new TextDecoder().decode(shown)
    : Array.from(shown, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `${bytes.length} octets\n${text}${more}`;
}
