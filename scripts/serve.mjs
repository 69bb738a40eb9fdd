// A small static server for dist/, on 127.0.0.1: node scripts/serve.mjs [--port 0] [--base /some/path/] [--dir dist]
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { root } from './project.mjs';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

// All that the page needs is its own: no other origin is ever asked for anything.
const policy =
  "default-src 'self'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
  "connect-src 'self'; frame-src 'self' blob: data:; base-uri 'none'; form-action 'none'";

/** Serves `dir` under the path `base`, which begins and ends with a slash; resolves to the server and its url. */
export async function serve({ dir = 'dist', port = 0, base = '/' } = {}) {
  const folder = path.resolve(root, dir);
  const server = createServer((request, response) => answer(folder, base, request, response));
  await listen(server, port);
  return { server, url: `http://127.0.0.1:${server.address().port}${base}` };
}

function answer(folder, base, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405);
  let name;
  try {
    name = decodeURIComponent(new URL(request.url, 'http://127.0.0.1').pathname);
  } catch {
    return refuse(response, 400);
  }
  if (!name.startsWith(base)) return refuse(response, 404);
  const relative = name.slice(base.length);
  const file = path.join(
    folder,
    relative === '' || relative.endsWith('/') ? `${relative}index.html` : relative,
  );
  if (!file.startsWith(folder + path.sep) || !existsSync(file) || !statSync(file).isFile())
    return refuse(response, 404);
  response.writeHead(200, {
    'content-type': types[path.extname(file)] ?? 'application/octet-stream',
    'content-length': statSync(file).size,
    'cache-control': relative.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
  });
  if (request.method === 'HEAD') return response.end();
  createReadStream(file).pipe(response);
}

function refuse(response, status) {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${status}\n`);
}

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      base: { type: 'string', default: '/' },
      dir: { type: 'string', default: 'dist' },
    },
  });
  const { server, url } = await serve({ dir: values.dir, port: Number(values.port), base: values.base });
  console.log(url);
  const end = () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}
