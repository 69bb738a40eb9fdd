// Runs workers/node/<entry>.ts with the remaining arguments: node scripts/node-entry.mjs sim two-islands --demo
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { installIfNeeded, root } from './project.mjs';

// host-worker is what the others start as a worker thread; its bundle must lie beside theirs.
const names = ['sim', 'bridge', 'conformance', 'queue-scenario', 'lesson', 'host-worker'].filter((name) =>
  existsSync(path.join(root, `workers/node/${name}.ts`)),
);
const wanted = process.argv[2];
if (!names.includes(wanted)) {
  console.error(`usage: node scripts/node-entry.mjs ${names.join('|')} [argument…]`);
  process.exit(2);
}
if (!installIfNeeded()) process.exit(1);
const { bundleForNode } = await import('./bundle-node.mjs');
process.setSourceMapsEnabled?.(true);
const folder = await bundleForNode(
  Object.fromEntries(names.map((name) => [name, `workers/node/${name}.ts`])),
);
const file = path.join(folder, `${wanted}.mjs`);
process.argv.splice(1, 2, file);
await import(pathToFileURL(file).href);
