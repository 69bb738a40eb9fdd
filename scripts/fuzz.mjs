// npm run fuzz: bundles tests/fuzz/main.ts and runs it from the root of the project.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { bundleForNode } from './bundle-node.mjs';
import { installIfNeeded, root } from './project.mjs';

if (!installIfNeeded()) process.exit(1);
const folder = await bundleForNode({ fuzz: 'tests/fuzz/main.ts' }, ['tests']);
const args = ['--expose-gc', '--enable-source-maps', path.join(folder, 'fuzz.mjs'), ...process.argv.slice(2)];
process.exit(spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1);
