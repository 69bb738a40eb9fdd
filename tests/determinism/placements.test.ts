// The strongest test there is: a run has one hash, in Node and in Chromium, however its hosts are spread over workers.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { chromium, type Browser, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { worlds } from '../../lessons/worlds/index.ts';
import { twoIslands } from '../../lessons/worlds/two-islands/world.ts';
import { chromiumOptions } from '../../scripts/project.mjs';
import { serve } from '../../scripts/serve.mjs';
import type { Placement, World } from '../../workers/api.ts';
import { engineVersion } from '../../workers/input.ts';
import { formatRun } from '../../workers/run-file.ts';
import type {} from './main.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const placements: Placement[] = ['one', 'site', 'host'];
const untilUs = 60_000_000;

let browser: Browser;
let server: Server;
let page: Page;

beforeAll(async () => {
  const outDir = `${root}/test-results/determinism`;
  await build({
    root: fileURLToPath(new URL('.', import.meta.url)),
    base: './',
    configFile: false,
    logLevel: 'warn',
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2022' },
  });
  const served = await serve({ dir: outDir });
  server = served.server;
  browser = await chromium.launch(chromiumOptions());
  page = await browser.newPage();
  await page.goto(served.url);
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** two-islands with TLS between its mail servers: a browser fetches the code for it. */
function islandsWithTls(): World {
  const certificates = `${root}/tests/protocols/tls/certificates`;
  const lines = [
    '',
    'smtpd_tls_security_level = may',
    'smtpd_tls_cert_file = /etc/ssl/mail.pem',
    'smtpd_tls_key_file = /etc/ssl/mail.key',
    'smtp_tls_security_level = may',
    'smtp_tls_loglevel = 1',
    '',
  ];
  const hosts = twoIslands.hosts.map((host) => {
    const mainCf = host.files['/etc/postfix/main.cf'];
    if (mainCf === undefined) return host;
    const files = {
      ...host.files,
      '/etc/ssl/mail.pem': readFileSync(`${certificates}/mail.example.com.pem`, 'utf8'),
      '/etc/ssl/mail.key': readFileSync(`${certificates}/mail.example.com.key`, 'utf8'),
      '/etc/postfix/main.cf': mainCf + lines.join('\n'),
    };
    return { ...host, files };
  });
  return { ...twoIslands, name: 'two-islands-tls', hosts };
}

/** Of a run file, so that worlds that do not ship are played too. */
async function hashInNode(world: World, placement: Placement): Promise<string> {
  const file = `${root}/test-results/${world.name}.json`;
  writeFileSync(file, formatRun({ version: engineVersion, world, seed: 1, inputs: world.demo }));
  const args = ['scripts/node-entry.mjs', 'sim', file, '--until', '60s', '--placement', placement, '--hash'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  return stdout.trimEnd().split('\n').at(-1)!;
}

function hashInChromium(world: World, placement: Placement): Promise<string> {
  return page.evaluate(async ([which, where, until]) => (await window.hashOf(which, where, until)).hash, [
    world,
    placement,
    untilUs,
  ] as const);
}

for (const world of [...worlds, islandsWithTls()])
  describe(`${world.name}: 60 s of its demo`, () => {
    const first: { hash?: string } = {};

    for (const placement of placements)
      test(`Node, placement ${placement}`, async () => {
        const hash = await hashInNode(world, placement);
        expect(hash).toMatch(/^[0-9a-f]{16}$/);
        first.hash ??= hash;
        expect(hash).toBe(first.hash);
      });

    for (const placement of placements)
      test(`Chromium, placement ${placement}`, async () => {
        expect(await hashInChromium(world, placement)).toBe(first.hash);
      });
  });
