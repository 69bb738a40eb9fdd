// Bundles workers/node/<entry>.ts into dist-node/ and runs it with the remaining arguments: node scripts/node-entry.mjs sim two-islands --demo
import { mkdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import path from 'node:path';
import { rolldown } from 'rolldown';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const entry = process.argv[2];
const out = path.join(root, 'dist-node');
mkdirSync(out, { recursive: true });
const bundle = await rolldown({
  input: { [entry]: path.join(root, `workers/node/${entry}.ts`), 'host-worker': path.join(root, 'workers/node/host-worker.ts') },
  platform: 'node',
  cwd: root,
  logLevel: 'warn',
});
await bundle.write({ dir: out, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: 'chunk-[hash].mjs', sourcemap: true });
process.argv.splice(1, 2, path.join(out, `${entry}.mjs`));
await import(pathToFileURL(path.join(out, `${entry}.mjs`)).href);
