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
 * All that the simulation's worker imports at once is one file: every worker fetches it, so each file more is fetched a
 * dozen times.
 */
function engineName(id: string, context: { getModuleInfo(id: string): ModuleImports | null }): string | null {
  const entry = here('./workers/simulation.worker.ts');
  const engine = new Set<string>();
  const visit = (one: string): void => {
    if (engine.has(one)) return;
    engine.add(one);
    for (const imported of context.getModuleInfo(one)?.importedIds ?? []) visit(imported);
  };
  if (context.getModuleInfo(entry) !== null) visit(entry);
  return engine.has(id) ? 'engine' : null;
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
        codeSplitting: {
          groups: [{ name: engineName, debugName: 'engine' }],
          includeDependenciesRecursively: false,
        },
      },
    },
  },
  build: {
    target: 'es2022',
    manifest: true,
    rolldownOptions: { checks: { bundlerTimings: false } }, // a slow machine is no warning
  },
});
