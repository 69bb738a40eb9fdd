// Frames a second of the map with 1,000 envelopes in flight while the simulation runs, in Chromium; and that it rests when nothing moves.
import path from 'node:path';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { chromium } from 'playwright-core';
import { build } from 'vite';

import { chromiumOptions, root } from '../../scripts/project.mjs';
import { serve } from '../../scripts/serve.mjs';

import { median, row, spread } from './measure.mjs';

const envelopes = 1000;
const measureMs = 5000;
const runs = 3;
const fpsBudget = 58;

export const title = 'The map';

export async function bench() {
  const outDir = path.join(root, 'test-results/bench-map');
  await build({
    root: path.join(root, 'tests/bench/map'),
    base: './',
    configFile: false,
    plugins: [svelte()],
    logLevel: 'error',
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2022' },
  });
  const { server, url } = await serve({ dir: outDir });
  const browser = await chromium.launch(chromiumOptions());
  const measured = [];
  for (let i = 0; i < runs; i++) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on('pageerror', (error) => console.error(`page: ${error.message}`));
    await page.goto(url);
    measured.push(await page.evaluate(([count, ms]) => window.measureMap(count, ms), [envelopes, measureMs]));
    await page.close();
  }
  await browser.close();
  server.close();
  const fps = measured.map((one) => one.fps);
  const shown = median(measured.map((one) => one.envelopes));
  const command = 'npm run bench map';
  return [
    row({
      what: `frames a second, median, with ${shown.toLocaleString('en-US')} envelopes in flight while the simulation runs (${measured[0].events} events in ${measureMs / 1000} s)`,
      value: spread(fps, 1),
      budget: `at least ${fpsBudget}`,
      kept: median(fps) >= fpsBudget && shown >= envelopes,
      placement: 'host',
      command,
      runs,
    }),
    row({
      what: 'frames a second, slowest hundredth',
      value: spread(
        measured.map((one) => one.fpsWorst),
        1,
      ),
      placement: 'host',
      command,
      runs,
    }),
    row({
      what: 'frames drawn in a second when paused and nothing moves',
      value: spread(measured.map((one) => one.framesWhenPaused)),
      budget: '0',
      kept: measured.every((one) => one.framesWhenPaused === 0),
      placement: 'host',
      command,
      runs,
    }),
  ];
}
