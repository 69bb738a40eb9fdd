// Makes two texts of Postfix comparable: masks what differs from run to run, and nothing else.
const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const day = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const clock = '\\d\\d:\\d\\d:\\d\\d';
const longIdLetters = '[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]';
const rules: readonly (readonly [RegExp, string])[] = [
  // RFC 5322 date
  [new RegExp(`${day},? +\\d{1,2} ${month} \\d{4} ${clock} [-+]\\d{4}(?: \\([^)]*\\))?`, 'g'), '<DATE>'],
  [new RegExp(`${day} ${month} +\\d{1,2} ${clock}`, 'g'), '<ARRIVAL>'], // mailq
  [new RegExp(`^(\\s*\\d*\\s*)${month} +\\d{1,2} ${clock} `, 'gm'), '$1<STAMP> '], // syslog
  [new RegExp(`${month} +\\d{1,2} ${clock}`, 'g'), '<STAMP>'],
  [/"arrival_time": \d+/g, '"arrival_time": <EPOCH>'],
  [/<20\d{12}\./g, '<<STAMP>.'], // Message-Id that cleanup made
  [/\b[0-9A-F]{6,15}\.\d{9,}\//g, '<QID>.<EPOCH>/'], // boundary of a report
  [/\b(?=[0-9A-F]*\d)[0-9A-F]{9,15}\b/g, '<QID>'], // short queue ids
  [new RegExp(`\\b4${longIdLetters}{9,}z${longIdLetters}+\\b`, 'g'), '<QID>'],
  [/\[(\d+)\]:(?= )/g, '[<PID>]:'],
  [/delay=[\d.]+, delays=[\d./]+/g, 'delay=<N>, delays=<N>'],
  [/(\[[\d.]+\]):(?:25|26\d\d)\b/g, '$1:<PORT>'], // of the far end
  [/\r$/gm, ''],
];

/** The text with dates, queue ids, pids, delays and the far end's ports masked. */
export function mask(text: string): string {
  return rules.reduce((masked, [pattern, by]) => masked.replace(pattern, by), text);
}
