// npm start: installs what is missing, builds the page when it is stale, serves it on 127.0.0.1 and prints the address.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

import { installIfNeeded, newestMtime, root } from './project.mjs';
import { serve } from './serve.mjs';

// The same port each time where it is free: the browser keeps a learner's work by origin.
const usualPort = 4180;

if (!installIfNeeded()) fail('npm ci failed: see above.');
if (isStale()) build();
const { server, url } = await listenSomewhere();
console.log(`\nPostroom is ready: ${url}\nCtrl-C ends it.`);
process.on('SIGINT', end);
process.on('SIGTERM', end);

function isStale() {
  const built = path.join(root, 'dist/index.html');
  const sources = [
    'index.html',
    'src',
    'workers',
    'lessons',
    'public',
    'vite.config.ts',
    'svelte.config.js',
    'package-lock.json',
  ];
  return !existsSync(built) || statSync(built).mtimeMs < newestMtime(...sources);
}

function build() {
  console.log('Building the page…');
  const vite = path.join(root, 'node_modules/vite/bin/vite.js');
  const { status } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) fail('The build failed: see above.');
}

async function listenSomewhere() {
  const wanted = Number(process.env.PORT ?? usualPort);
  try {
    return await serve({ port: wanted });
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error;
    return serve({ port: 0 });
  }
}

function end() {
  server.close(() => process.exit(0));
  server.closeAllConnections();
}

function fail(text) {
  console.error(text);
  process.exit(1);
}
