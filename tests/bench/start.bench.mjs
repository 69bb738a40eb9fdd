// The first visit: from navigation to the first mail on screen, slow motion skipped; and what is downloaded for it.
// Five cold starts each: a fresh browser profile with an empty cache, loopback, the built page (npm run build first, or it
// is built here). The browser's own start is not the page's: it is given a moment to come to rest before the navigation.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';

import { chromium } from 'playwright-core';

import { budgets, firstLoad } from '../../scripts/budgets.mjs';
import { chromiumOptions, newestMtime, root } from '../../scripts/project.mjs';
import { serve } from '../../scripts/serve.mjs';

import { median, row, spread } from './measure.mjs';

const rounds = 5;
const restMs = 1500;
const command = 'npm run bench start';
const limits = { one: 700, host: 1200 };

export const title = 'The first visit';

export async function bench() {
  build();
  const { server, url } = await serve({ dir: 'dist' });
  const rows = [];
  try {
    for (const [placement, limit] of Object.entries(limits)) {
      const times = [];
      for (let round = 0; round < rounds; round++) times.push(await coldStart(url, placement));
      rows.push(
        row({
          what: 'first mail delivered on screen, after navigation',
          value: `${spread(times.map(({ delivered }) => delivered))} ms (Send could be pressed after ${spread(times.map(({ ready }) => ready))} ms)`,
          budget: `at most ${limit} ms`,
          kept: median(times.map(({ delivered }) => delivered)) <= limit,
          placement,
          command,
          runs: rounds,
        }),
      );
    }
  } finally {
    server.close();
  }
  const { page, workers } = firstLoad();
  rows.push(weighed('page JavaScript of the first load', page.bytes, budgets.pageBytesMax));
  rows.push(weighed('worker code before the first delivery', workers.bytes, budgets.workersBytesMax));
  return rows;
}

/** Presses Send and "Skip to the end" as soon as each can be pressed, from inside the page. @returns milliseconds */
async function coldStart(url, placement) {
  const browser = await chromium.launch(chromiumOptions());
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.addInitScript(pressAtOnce, placement);
    await new Promise((resolve) => setTimeout(resolve, restMs));
    await page.goto(url);
    const delivered = await page.waitForFunction(() => window.delivered, null, { timeout: 60_000 });
    return await delivered.jsonValue();
  } finally {
    await browser.close();
  }
}

function pressAtOnce(placement) {
  localStorage.setItem('postroom:settings', JSON.stringify({ placement }));
  let ready = 0;
  let skipped = false;
  const look = () => {
    const send = document.querySelector('form button[type=submit]:not(:disabled)');
    if (ready === 0 && send !== null) {
      ready = performance.now();
      send.click();
    }
    const skip = [...document.querySelectorAll('.act .link')].at(0);
    if (!skipped && skip !== undefined) {
      skipped = true;
      skip.click();
    }
    if (document.querySelector('[data-arrived]') === null) return;
    observer.disconnect();
    requestAnimationFrame(() =>
      setTimeout(() => (window.delivered = { ready, delivered: performance.now() })),
    );
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { subtree: true, childList: true, attributes: true });
}

function build() {
  const built = path.join(root, 'dist/index.html');
  const sources = newestMtime(
    ...['src', 'workers', 'lessons', 'index.html', 'public'].map((name) => path.join(root, name)),
  );
  if (existsSync(built) && newestMtime(built) >= sources) return;
  execFileSync('npx', ['vite', 'build', '--logLevel', 'warn'], { cwd: root, stdio: 'inherit' });
}

function weighed(what, bytes, bytesMax) {
  const kb = (value) => `${(value / 1000).toFixed(1)} kB`;
  return row({
    what,
    value: `${kb(bytes)} gzip`,
    budget: `at most ${kb(bytesMax)}`,
    kept: bytes <= bytesMax,
    command,
  });
}
