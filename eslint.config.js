import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

import svelteConfig from './svelte.config.js';

// What would make a run depend on the machine, and what to use instead.
const instead = {
  Date: 'os.now() and os/calendar',
  performance: 'os.now()',
  setTimeout: 'os.sleepUntil',
  setInterval: 'os.sleepUntil',
  setImmediate: 'os.spawn',
  queueMicrotask: 'os.spawn',
  fetch: 'os.connect',
  crypto: '@noble/hashes and os.random',
  Intl: 'os/calendar and bytes/ascii',
  TextDecoder: 'bytes/ascii or bytes/utf8 (a Latin-1 TextDecoder differs between Chromium and Node)',
  TextEncoder: 'bytes/ascii or bytes/utf8',
  Buffer: 'Uint8Array and bytes/',
  process: 'os',
  localStorage: 'os.files',
};
const bannedMath = ['random', 'sin', 'cos', 'tan', 'pow', 'exp', 'log', 'log2', 'log10'];
const bannedMethods = ['localeCompare', 'toLocaleString', 'toLocaleLowerCase', 'toLocaleUpperCase'];

const typed = {
  parserOptions: {
    project: ['./tsconfig.json', './tsconfig.workers.json', './tsconfig.node.json'],
    tsconfigRootDir: import.meta.dirname,
    extraFileExtensions: ['.svelte'],
  },
};

export default ts.config(
  {
    ignores: [
      'dist/',
      'dist-node/',
      'test-results/',
      'node_modules/',
      'tests/architecture/bad-tree/',
      'public/',
    ],
  },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'off',
      'no-constant-condition': ['error', { checkLoops: false }],
      'no-control-regex': 'off', // protocols are made of control characters
      'no-empty': ['error', { allowEmptyCatch: true }],
      'prefer-const': ['error', { destructuring: 'all' }],
      'require-yield': 'off', // a proc that never blocks is still a proc
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-unused-expressions': ['error', { allowShortCircuit: true, allowTernary: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['workers/**/*.ts', 'src/**/*.ts', 'lessons/**/*.ts', 'tests/**/*.ts'],
    languageOptions: typed,
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { ...typed.parserOptions, parser: ts.parser, svelteConfig },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
      'prefer-const': 'off', // props are declared with let
      'svelte/prefer-const': ['error', { destructuring: 'all' }],
      'no-undef': 'off', // svelte-check knows the types
    },
  },
  { files: ['src/**/*.ts'], languageOptions: { globals: globals.browser } },
  {
    files: ['scripts/**', 'tests/**', 'workers/node/**', '*.config.*', '*.cjs'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
  {
    files: ['workers/**/*.ts'],
    ignores: ['workers/node/**', 'workers/*.worker.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...Object.entries(instead).map(([name, use]) => ({
          name,
          message: `Not in simulated time: use ${use}.`,
        })),
      ],
      'no-restricted-properties': [
        'error',
        ...bannedMath.map((property) => ({
          object: 'Math',
          property,
          message: 'Differs between engines or runs: use integers, os.random.',
        })),
        ...bannedMethods.map((property) => ({
          property,
          message: 'Depends on the locale: use an explicit order, bytes/, os/calendar.',
        })),
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ForInStatement',
          message: 'Iterate a Map, a Set or an array: the order of keys is no order.',
        },
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
      ],
    },
  },
);
