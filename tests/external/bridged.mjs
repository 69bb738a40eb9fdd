// A bridged world for checks with real clients, and the counting of their results.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { root, run } from '../../scripts/project.mjs';

const bootMsMax = 30_000;

/** Starts `npm run bridge` on a world; resolves when all ports listen. */
export async function startBridge(world, ...args) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'postroom-'));
  const portsFile = path.join(folder, 'ports.json');
  const command = ['scripts/node-entry.mjs', 'bridge', world, '--ports-out', portsFile, ...args];
  const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (bytes) => (output += bytes));
  child.stderr.on('data', (bytes) => (output += bytes));
  const ended = new Promise((resolve) => child.on('close', (status) => resolve(status)));
  const deadline = Date.now() + bootMsMax;
  while (!existsSync(portsFile) && Date.now() < deadline && child.exitCode === null) await sleep(50);
  if (!existsSync(portsFile)) throw new Error(`the bridge did not start:\n${output}`);
  const ports = JSON.parse(readFileSync(portsFile, 'utf8'));
  return {
    folder,
    /** the real port of "mx.far.example:25" */
    port(name) {
      if (ports[name] === undefined)
        throw new Error(`${name} does not listen; these do: ${Object.keys(ports).join(' ')}`);
      return ports[name];
    },
    /** SIGINT, as a person ends it; resolves to its exit status and all that it said */
    async end() {
      child.kill('SIGINT');
      const status = await Promise.race([ended, sleep(10_000).then(() => 'no end after SIGINT')]);
      if (child.exitCode === null) child.kill('SIGKILL');
      return { status, output };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

let passed = 0;
let failed = 0;

/** One check: passes unless `body` throws. */
export async function check(name, body) {
  const started = Date.now();
  try {
    await body();
    passed++;
    console.log(`ok      ${name} (${Date.now() - started} ms)`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${name}\n${String(error.message ?? error).replace(/^/gm, '        ')}`);
  }
}

/** The last line, and the exit status. */
export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

/** Runs a client; resolves to what it said, and throws that when its exit status is not `status`. */
export async function client(command, args, status = 0) {
  const result = await run(command, args);
  if (result.status !== status) throw new Error(`${command} ended with ${result.status}:\n${result.output}`);
  return result.output;
}

export function expectMatch(text, pattern) {
  if (!pattern.test(text)) throw new Error(`expected ${pattern}, got:\n${text}`);
}

/** Tries until `body` does not throw, at most `ms`. */
export async function eventually(body, ms = 20_000) {
  const deadline = Date.now() + ms;
  for (;;) {
    try {
      return await body();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(200);
    }
  }
}
