/**
 * queue-scenario — plays a recorded queue scenario in virtual time and writes its trace
 *
 * SYNOPSIS  queue-scenario SCENARIO.json… [--out TRACE.json] [--log]
 *
 * With several scenarios --out is a folder. Without --out the trace goes to standard output; --log prints the
 * mail log instead.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { playQueueScenario, type QueueScenario } from './queue-host.ts';
import { queueTrace } from './queue-trace.ts';

const usage = 'usage: queue-scenario SCENARIO.json… [--out TRACE.json] [--log]';

main();

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { out: { type: 'string' }, log: { type: 'boolean' } },
  });
  if (positionals.length === 0) {
    console.error(usage);
    process.exit(2);
  }
  for (const file of positionals) {
    const scenario = JSON.parse(readFileSync(file, 'utf8')) as QueueScenario;
    const started = process.hrtime.bigint();
    const played = playQueueScenario(scenario);
    const wallMs = Number(process.hrtime.bigint() - started) / 1e6;
    const trace = `${JSON.stringify(queueTrace(scenario.id, played), null, 1)}\n`;
    if (values.log === true)
      for (const { t, ident, text } of played.log) console.log(`${t.toFixed(3)} ${ident}: ${text}`);
    else if (values.out === undefined) console.log(trace);
    if (values.out === undefined) continue;
    const isFolder = statSync(values.out, { throwIfNoEntry: false })?.isDirectory() === true;
    const target = isFolder ? path.join(values.out, path.basename(file)) : values.out;
    writeFileSync(target, trace);
    console.log(`${scenario.id}: ${scenario.runFor} s in ${wallMs.toFixed(0)} ms → ${target}`);
  }
}
