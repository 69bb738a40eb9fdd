/**
 * conf — the part of named.conf(5) that the simulated server reads: zone statements
 *
 * SIMPLIFIED: only `zone "name" { type primary; file "path"; };`; other statements are an error that names
 * them.
 */
export interface ZoneStatement {
  name: string;
  file: string;
}

/** @returns the zones, or text saying what was expected, as named logs it */
export function parseNamedConf(text: string, file: string): ZoneStatement[] | string {
  const bare = text.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/(\/\/|#).*/g, '');
  const zones: ZoneStatement[] = [];
  let rest = bare.trim();
  while (rest !== '') {
    const match = /^zone\s+"([^"]*)"\s*(?:IN\s*)?\{([^}]*)\}\s*;\s*/.exec(rest);
    if (match === null)
      return `${file}: expected zone "name" { … };, found "${rest.slice(0, 40).replace(/\s+/g, ' ')}"`;
    const options = new Map(
      match[2]!
        .split(';')
        .map((statement) => statement.trim().split(/\s+/))
        .filter((words) => words.length === 2)
        .map((words) => [words[0]!, words[1]!.replace(/"/g, '')] as const),
    );
    const type = options.get('type');
    const zoneFile = options.get('file');
    if (type !== 'primary' && type !== 'master')
      return `${file}: zone "${match[1]!}": expected type primary, found ${type ?? 'none'}`;
    if (zoneFile === undefined) return `${file}: zone "${match[1]!}": missing 'file' entry`;
    zones.push({ name: match[1]!.replace(/\.$/, '').toLowerCase(), file: zoneFile });
    rest = rest.slice(match[0].length);
  }
  return zones;
}
