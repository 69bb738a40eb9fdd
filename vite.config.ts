import { fileURLToPath } from 'node:url';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Alias, type Plugin } from 'vite';

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

/** Writes the address of the built simulation worker into the page, where public/early.js finds it. */
function addressOfSimulation(): Plugin {
  return {
    name: 'address-of-simulation',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const worker = Object.keys(bundle).find((name) => /\/simulation\.worker-[^/]*\.js$/.test(name));
      const page = bundle['index.html'];
      const early = /(<script src="[^"]*early\.js")/;
      if (worker === undefined || page?.type !== 'asset' || !early.test(String(page.source)))
        throw new Error('index.html, early.js or the simulation worker is not where it was');
      page.source = String(page.source).replace(early, `$1 data-simulation="./${worker}"`);
    },
  };
}

/**
 * All that an entry imports at once is one file: each file more is a request more before anything can run, and the
 * simulation's worker is started a dozen times. Of several entries, what an earlier one has the later ones share.
 */
function oneFileEach(entries: Readonly<Record<string, string>>) {
  const groups = Object.entries(entries).map(([name, entry], i) => ({
    name: whatImports(name, entry),
    debugName: name,
    priority: 10 - i,
  }));
  return { groups, includeDependenciesRecursively: false };
}

function whatImports(name: string, entry: string) {
  return (id: string, context: { getModuleInfo(id: string): ModuleImports | null }): string | null => {
    const together = new Set<string>();
    const visit = (one: string): void => {
      if (together.has(one)) return;
      together.add(one);
      for (const imported of context.getModuleInfo(one)?.importedIds ?? []) visit(imported);
    };
    if (context.getModuleInfo(entry) !== null) visit(entry);
    return together.has(id) ? name : null;
  };
}

interface ModuleImports {
  importedIds: readonly string[];
}

export default defineConfig({
  base: './',
  plugins: [svelte(), addressOfSimulation()],
  resolve: { alias: mailparserInTheBrowser },
  optimizeDeps: { include: ['buffer/', 'mailparser', 'comlink', 'xstate'] },
  worker: {
    format: 'es',
    plugins: () => [plainMembers({ short: true })],
    rolldownOptions: {
      output: {
        // What scripts/budgets.mjs does not count: all that is imported later but the daemons of Postfix.
        chunkFileNames: ({ name, isDynamicEntry }) =>
          `assets/${isDynamicEntry && name !== 'mail-servers' ? 'late-' : ''}[name]-[hash].js`,
        codeSplitting: oneFileEach({
          engine: here('./workers/simulation.worker.ts'),
          'mail-servers': here('./workers/hosts/mail-servers.ts'),
        }),
      },
    },
  },
  build: {
    target: 'es2022',
    manifest: true,
    rolldownOptions: {
      checks: { bundlerTimings: false }, // a slow machine is no warning
      output: { codeSplitting: oneFileEach({ page: here('./index.html') }) },
    },
  },
});
