/**
 * table-source — the sources that postmap(1) and postalias(1) read: "key value", and "name: value" of
 * aliases(5)
 *
 * A line that starts with white space continues the one before; lines that are empty or begin with "#" do not
 * count.
 */

export interface SourceEntries {
  entries: { key: string; value: string }[];
  warnings: { text: string; fatal: boolean }[];
}

interface SourceLine {
  line: number;
  text: string;
}

// readlline(3): the white space in front of a continued line stays.
function sourceLines(text: string): SourceLine[] {
  const lines: SourceLine[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(raw)) continue;
    const last = lines.at(-1);
    if (/^[ \t]/.test(raw) && last !== undefined) last.text += raw;
    else lines.push({ line: index + 1, text: raw });
  }
  return lines;
}

/** "key value"; a key with blanks stands in quotes. */
export function readTable(name: string, text: string): SourceEntries {
  const found: SourceEntries = { entries: [], warnings: [] };
  for (const { line, text: source } of sourceLines(text)) {
    const match = /^("(?:[^"\\]|\\.)*"|\S+)\s+([\s\S]+)$/.exec(source.trim());
    if (match === null) {
      const why = 'expected format: key whitespace value';
      found.warnings.push({ text: `${name}, line ${line}: ${why}`, fatal: false });
      continue;
    }
    found.entries.push({ key: unquoted(match[1]!), value: match[2]! });
  }
  return found;
}

/** "name: value, value" */
export function readAliases(name: string, text: string): SourceEntries {
  const found: SourceEntries = { entries: [], warnings: [] };
  for (const { line, text: source } of sourceLines(text)) {
    const match = /^("(?:[^"\\]|\\.)*"\s*|[^:"]+):\s*([\s\S]+)$/.exec(source.trim());
    if (match === null) {
      found.warnings.push({ text: `${name}, line ${line}: need name:value pair`, fatal: false });
      continue;
    }
    found.entries.push({ key: unquoted(match[1]!.trimEnd()), value: tidied(match[2]!) });
  }
  return found;
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
}

// One blank between words, outside quotes.
function tidied(value: string): string {
  return value.replace(
    /("(?:[^"\\]|\\.)*")|\s*,\s*|\s+/g,
    (all: string, quoted: string | undefined) => quoted ?? (all.includes(',') ? ', ' : ' '),
  );
}
