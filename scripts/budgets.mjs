// What a first visit downloads, from dist/, against the budgets: one line each, "ok …", "MISSED …" or "FAILED …".
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

import { root } from './project.mjs';

export const budgets = { pageBytesMax: 110 * 1000, workersBytesMax: 120 * 1000 };
/** A missed budget is reported, here and by npm run bench; growing beyond this fails npm test. */
const workersBytesCeiling = 138 * 1000;

const assets = path.join(root, 'dist/assets');

/** @returns gzipped bytes and files of the page's first load and of the workers it needs for a first delivery */
export function firstLoad() {
  const page = pageFiles();
  const workers = workerFiles();
  return { page: weigh(page), workers: weigh(workers) };
}

/** The entry of the manifest and all that it imports statically: what the browser fetches before the page can start. */
function pageFiles() {
  const manifest = JSON.parse(readFileSync(path.join(root, 'dist/.vite/manifest.json'), 'utf8'));
  const files = new Set();
  const visit = (key) => {
    const chunk = manifest[key];
    if (chunk === undefined || files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const imported of chunk.imports ?? []) visit(imported);
  };
  for (const [key, chunk] of Object.entries(manifest)) if (chunk.isEntry) visit(key);
  return [...files].map((file) => path.join(root, 'dist', file));
}

/** What the simulation's workers import when a daemon asks for it, or a run file is read; vite.config.ts names them. */
const late = /^late-/;

/**
 * The worker of the simulation and all that it imports, also what only the workers of some hosts do, but for what comes
 * after the first delivery. The manifest leaves workers out.
 */
function workerFiles() {
  const files = new Set();
  const visit = (name) => {
    if (files.has(name) || late.test(name) || !existsSync(path.join(assets, name))) return;
    files.add(name);
    const text = readFileSync(path.join(assets, name), 'utf8');
    for (const [, imported] of text.matchAll(/(?:\bfrom|\bimport)[\s(]*["'`](?:\.\/)?([\w.-]+\.js)["'`]/g))
      visit(imported);
  };
  for (const name of readdirSync(assets)) if (/^simulation\.worker-.*\.js$/.test(name)) visit(name);
  return [...files].map((name) => path.join(assets, name));
}

function weigh(files) {
  const sizes = files.map((file) => ({
    name: path.basename(file),
    bytes: gzipSync(readFileSync(file), { level: 9 }).length,
  }));
  sizes.sort((a, b) => b.bytes - a.bytes);
  return { bytes: sizes.reduce((sum, size) => sum + size.bytes, 0), sizes };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { page, workers } = firstLoad();
  judge('page JavaScript of the first load', page, budgets.pageBytesMax, budgets.pageBytesMax);
  judge('worker code before the first delivery', workers, budgets.workersBytesMax, workersBytesCeiling);
}

function judge(what, { bytes, sizes }, bytesMax, ceiling) {
  const failed = sizes.length === 0 || bytes > ceiling;
  const verdict = failed ? 'FAILED' : bytes > bytesMax ? 'MISSED' : 'ok';
  console.log(`${verdict} ${what}: ${kb(bytes)} of ${kb(bytesMax)} gzip`);
  for (const size of sizes.slice(0, 6)) console.log(`     ${kb(size.bytes)} ${size.name}`);
  if (failed) process.exitCode = 1;
}

function kb(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
