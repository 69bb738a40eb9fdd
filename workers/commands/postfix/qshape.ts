/**
 * qshape — how old the mail of each destination is: a table of domains by age
 *
 * SIMPLIFIED: interim results on a terminal (-N, -n) are not shown; the table comes at the end.
 *
 * SEE ALSO  qshape(1), QSHAPE_README
 */
import { SECOND, type Directory, type Os } from '../../os/os.ts';
import { parseQueueFile } from '../../daemons/postfix/cleanup/queue-file.ts';

import { Program, type Command } from './command.ts';
import { getopt } from './getopt.ts';

interface Options {
  bySender: boolean;
  parents: boolean;
  parentSubdomainsMin: number;
  linear: boolean;
  buckets: number;
  tickMinutes: number;
  width: number;
}

/** qshape(1) */
export const qshape: Command = function* (os, args, _stdin, io) {
  const program = new Program(os, io, { name: 'qshape', logs: false });
  const silent = new Program(
    os,
    { stdout: io.stdout, stderr: { write: () => {} } },
    { name: '', logs: false },
  );
  const { options, operands, wrong } = getopt(silent, args, 'lhc:psw:b:t:m:n:N:');
  const given = (letter: string): string | undefined => options.findLast((o) => o.letter === letter)?.value;
  if (wrong || given('h') !== undefined) {
    const unknown = wrong ? /^-[^-]*?([^lpsh-])/.exec(args[options.length] ?? '')?.[1] : undefined;
    if (unknown !== undefined && !'cwbtmnN'.includes(unknown))
      program.complain(`/usr/sbin/qshape: Unknown option: ${unknown}`);
    program.complain(usage.trimEnd());
    return usageStatus;
  }
  const number = (letter: string, usual: number, above: number): number => {
    const value = Number.parseInt(given(letter) ?? '', 10);
    return value > above ? value : usual;
  };
  const shape = new Shape(os, {
    bySender: given('s') !== undefined,
    parents: given('p') !== undefined,
    parentSubdomainsMin: number('m', 5, 0),
    linear: given('l') !== undefined,
    buckets: number('b', 10, 0),
    tickMinutes: number('t', 5, 0),
    width: number('w', 80, 80),
  });
  const parameters = program.readParameters(given('c'));
  if (typeof parameters === 'number') return 255;
  const spool = parameters.text('queue_directory');
  for (const queue of operands.length > 0 ? operands : ['incoming', 'active']) {
    const directory = queue.startsWith('/') ? queue : `${spool}/${queue}`;
    const files = os.files.directory(directory);
    const names = files.names();
    if (names.length === 0 && !knownQueues.includes(queue))
      program.complain(`Can't stat ${queue}: No such file or directory\n at /usr/sbin/qshape line 375.`);
    for (let i = 0; i < names.length; i++) shape.count(files, names[i]!);
  }
  program.print(shape.table());
  return 0;
};

const knownQueues = Object.freeze(['maildrop', 'incoming', 'active', 'deferred', 'hold', 'corrupt']);

class Shape {
  readonly #os: Os;
  readonly #options: Options;
  /** [0] is the sum over all ages */
  readonly #counts = new Map<string, number[]>([['TOTAL', []]]);
  readonly #subdomains = new Map<string, number>();
  readonly #nowSecond: number;
  /** the address counted last, and its domain: neighbours are often alike */
  #address: string | null = null;
  #domain = '';

  constructor(os: Os, options: Options) {
    this.#os = os;
    this.#options = options;
    this.#nowSecond = Math.floor(os.epochUs() / SECOND);
  }

  count(directory: Directory, name: string): void {
    if (!/^[A-Za-z0-9]{6,}$/.test(name)) return;
    const envelope = directory.parsed(name, parseQueueFile)?.envelope;
    if (envelope === undefined || envelope.recipients.length === 0) return;
    const bucket = this.#bucket(envelope.arrived);
    if (this.#options.bySender) this.#countAddress(envelope.sender, bucket);
    else for (const { address } of envelope.recipients) this.#countAddress(address, bucket);
  }

  #countAddress(address: string, bucket: number): void {
    this.#add('TOTAL', bucket);
    if (address !== this.#address) {
      this.#address = address;
      this.#domain = domainOf(address.toLowerCase());
    }
    this.#countDomain(this.#domain, bucket);
  }

  // With -p the parent domains count too, each with a dot in front.
  #countDomain(domain: string, bucket: number): void {
    if (!this.#options.parents) {
      this.#add(domain, bucket);
      return;
    }
    let isNew = false;
    for (let name: string | null = domain; name !== null;) {
      const seen = this.#add(name, bucket) > 1;
      if (isNew) this.#subdomains.set(name, (this.#subdomains.get(name) ?? 0) + 1);
      isNew = !seen;
      const parent: RegExpExecArray | null = /^\.?[^.]+\.(.*\..*)$/.exec(name);
      name = parent === null ? null : `.${parent[1]!}`;
    }
  }

  #add(name: string, bucket: number): number {
    let counts = this.#counts.get(name);
    if (counts === undefined) this.#counts.set(name, (counts = []));
    counts[bucket] = (counts[bucket] ?? 0) + 1;
    return (counts[0] = (counts[0] ?? 0) + 1);
  }

  #bucket(arrived: number): number {
    const { tickMinutes, linear, buckets } = this.#options;
    const age = this.#nowSecond - Math.floor(this.#os.epochUs(arrived) / SECOND);
    const ticks = age / (60 * tickMinutes);
    if (ticks < 1) return 1;
    const bucket = linear ? Math.floor(ticks + 1) : 2 + 31 - Math.clz32(Math.floor(ticks));
    return Math.min(bucket, buckets);
  }

  table(): string {
    const { buckets, tickMinutes, linear, width, parentSubdomainsMin } = this.#options;
    const total = this.#counts.get('TOTAL')!;
    const heads: string[] = [];
    const widths: number[] = [];
    let domainWidth = width;
    for (let i = 0, age = 0; i <= buckets; i++) {
      const head = i === 0 ? 'T' : i === buckets ? `${age}+` : String(age);
      if (i === 0) age = buckets === 1 ? 0 : tickMinutes;
      else if (i + 1 < buckets) age += linear ? tickMinutes : age;
      const longest = Math.max(head.length, String(total[i] ?? 0).length);
      heads.push(head);
      widths.push(longest > 2 ? longest + 1 : 3);
      domainWidth -= widths.at(-1)!;
    }
    domainWidth = Math.max(domainWidth, 18);
    const row = (domain: string, cells: readonly string[]): string =>
      fitted(domain, domainWidth) + cells.map((cell, i) => cell.padStart(widths[i]!)).join('') + '\n';
    let text = row('', heads);
    const sorted = [...this.#counts].sort(
      ([a, x], [b, y]) => (y[0] ?? 0) - (x[0] ?? 0) || a.length - b.length,
    );
    for (const [domain, counts] of sorted) {
      if (domain.startsWith('.') && (this.#subdomains.get(domain) ?? 0) < parentSubdomainsMin) continue;
      text += row(
        domain,
        heads.map((_, i) => String(counts[i] ?? 0)),
      );
    }
    return text;
  }
}

function domainOf(address: string): string {
  if (address === '') return 'MAILER-DAEMON';
  return address
    .replace(/^.*@/, '')
    .replace(/\.\./g, '.')
    .replace(/^\.?(.+?)\.?$/, '$1');
}

// A name that is too long loses its beginning.
function fitted(domain: string, width: number): string {
  if (domain.length <= width) return domain.padStart(width);
  return domain.startsWith('.') ? `.+${domain.slice(2 - width)}` : `+${domain.slice(1 - width)}`;
}

const usageStatus = 255; // die() of Perl
const usage = `Usage: /usr/sbin/qshape [ -s ] [ -p ] [ -m <min_subdomains> ] [ -l ]
\t[ -b <bucket_count> ] [ -t <bucket_time> ] [ -w <terminal_width> ]
\t[ -N <batch_msg_count> ] [ -n <batch_top_domains> ]
\t[ -c <config_directory> ] [ <queue_name> ... ]
The 's' option shows sender domain counts.
The 'p' option shows address counts by for parent domains.
Parent domains are shown with a leading '.' before the domain name.
Parent domains are only shown if the domain is not a TLD, and at
least <min_subdomains> (default 5) subdomains are shown in the output.

The bucket age ranges in units of <bucket_time> minutes are
[0,1), [1,2), [2,4), [4,8), [8, 16), ... i.e.:
\tthe first bucket is [0, bucket_time) minutes
\tthe second bucket is [bucket_time, 2*bucket_time) minutes
\tthe third bucket is [2*bucket_time, 4*bucket_time) minutes...
'-l' makes the ages linear, the number of buckets shown is <bucket_count>

The default summary is for the incoming and active queues. An explicit
list of queue names can be given on the command line. Non-absolute queue
names are interpreted relative to the Postfix queue directory. Use
<config_directory> to specify a non-default Postfix instance.  Values of
the main.cf queue_directory parameter that use variable expansions are
not supported. If necessary, use explicit absolute paths for all queues.
`;
