// Bundles TypeScript entries for Node, once per state of the sources, into dist-node/<state>/.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

import { plainMembers } from './plain-members.mjs';
import { filesUnder, root } from './project.mjs';

const statesKept = 4;

/**
 * @param entries name → file, from the root of the project
 * @param also folders whose files the bundle may depend on beside workers/, lessons/ and src/decode
 * @returns the folder that holds <name>.mjs of each entry
 */
export async function bundleForNode(entries, also = []) {
  const sources = ['workers', 'lessons', 'src/decode', 'scripts', 'package-lock.json', ...also].flatMap(
    (name) => filesUnder(path.join(root, name)),
  );
  const state = createHash('sha256').update(JSON.stringify(entries));
  for (const file of sources) {
    const { mtimeMs, size } = statSync(file);
    state.update(`${file} ${mtimeMs} ${size}\n`);
  }
  const name = state.digest('hex').slice(0, 16);
  const out = path.join(root, 'dist-node', name);
  if (existsSync(out)) return out;
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(entries).map(([entry, file]) => [entry, path.join(root, file)])),
    platform: 'node',
    cwd: root,
    logLevel: 'warn',
    plugins: [plainMembers({ short: false })],
    external: [/^playwright/, 'smtp-server', /^nodemailer/],
  });
  const partial = `${out}.${process.pid}`;
  await bundle.write({
    dir: partial,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: 'chunk-[hash].mjs',
    sourcemap: true,
  });
  publish(partial, out);
  return out;
}

/** Puts a finished bundle in its place at once, so that two commands may bundle side by side. */
function publish(partial, out) {
  try {
    renameSync(partial, out);
  } catch {
    rmSync(partial, { recursive: true, force: true }); // another command was first
  }
  const folder = path.dirname(out);
  const states = readdirSync(folder)
    .map((name) => path.join(folder, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const old of states.slice(statesKept)) rmSync(old, { recursive: true, force: true });
}
