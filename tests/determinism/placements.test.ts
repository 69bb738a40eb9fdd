// The strongest test there is: a run has one hash, in Node and in Chromium, however its hosts are spread over workers.
import { execFile } from 'node:child_process';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { chromium, type Browser, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { worlds } from '../../lessons/worlds/index.ts';
import { chromiumOptions } from '../../scripts/project.mjs';
import { serve } from '../../scripts/serve.mjs';
import type { Placement } from '../../workers/api.ts';
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

async function hashInNode(world: string, placement: Placement): Promise<string> {
  const args = [
    'scripts/node-entry.mjs',
    'sim',
    world,
    '--demo',
    '--until',
    '60s',
    '--placement',
    placement,
    '--hash',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  return stdout.trimEnd().split('\n').at(-1)!;
}

function hashInChromium(world: string, placement: Placement): Promise<string> {
  return page.evaluate(async ([name, where, until]) => (await window.hashOf(name, where, until)).hash, [
    world,
    placement,
    untilUs,
  ] as const);
}

for (const world of worlds)
  describe(`${world.name}: 60 s of its demo`, () => {
    const first: { hash?: string } = {};

    for (const placement of placements)
      test(`Node, placement ${placement}`, async () => {
        const hash = await hashInNode(world.name, placement);
        expect(hash).toMatch(/^[0-9a-f]{16}$/);
        first.hash ??= hash;
        expect(hash).toBe(first.hash);
      });

    for (const placement of placements)
      test(`Chromium, placement ${placement}`, async () => {
        expect(await hashInChromium(world.name, placement)).toBe(first.hash);
      });
  });
