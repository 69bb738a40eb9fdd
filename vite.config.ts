import { fileURLToPath } from 'node:url';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Alias } from 'vite';

import { plainMembers } from './scripts/plain-members.mjs';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// mailparser is written for Node. In the mail worker its libraries get small stand-ins, chosen one by one: what the
// usual polyfill plugins bring is three times the size and fails at run time.
const shim = (name: string) => here(`./src/decode/shims/${name}.ts`);
const mailparserInTheBrowser: Alias[] = [
  { find: /^(node:)?stream$/, replacement: 'readable-stream' },
  { find: /^(node:)?buffer$/, replacement: 'buffer/' }, // with the slash: the package
  { find: /^(node:)?string_decoder$/, replacement: 'string_decoder/' },
  { find: /^(node:)?events$/, replacement: 'events/' },
  { find: /^(node:)?path$/, replacement: shim('path') },
  { find: /^(node:)?url$/, replacement: shim('url') },
  { find: /^(node:)?crypto$/, replacement: shim('crypto') },
  { find: /^iconv-lite$/, replacement: shim('iconv') },
  { find: /^encoding-japanese$/, replacement: shim('encoding-japanese') },
  // Its two halves import these once as modules and once as CommonJS; one copy is enough.
  ...['libmime', 'libqp', 'libbase64'].map((name) => ({
    find: new RegExp(`^${name}$`),
    replacement: here(`./node_modules/${name}/dist/cjs/${name}.js`),
  })),
];

export default defineConfig({
  base: './',
  plugins: [svelte()],
  resolve: { alias: mailparserInTheBrowser },
  optimizeDeps: { include: ['buffer/', 'mailparser', 'comlink', 'xstate'] },
  worker: { format: 'es', plugins: () => [plainMembers({ short: true })] },
  build: {
    target: 'es2022',
    manifest: true,
    rolldownOptions: { checks: { bundlerTimings: false } }, // a slow machine is no warning
  },
});
