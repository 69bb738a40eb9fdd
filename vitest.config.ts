import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], exclude: string[] = [], testTimeout = 20_000) => ({
  extends: true as const,
  test: {
    name,
    include,
    exclude: ['**/node_modules/**', ...exclude],
    environment: 'node',
    testTimeout,
    hookTimeout: 120_000,
  },
});
const apart = ['conformance', 'lessons', 'determinism', 'e2e', 'external', 'bench'].map(
  (folder) => `tests/${folder}/**`,
);

export default defineConfig({
  test: {
    projects: [
      project('unit', ['tests/**/*.test.ts'], apart),
      project('conformance', ['tests/conformance/**/*.test.ts'], [], 120_000),
      project('lessons', ['tests/lessons/**/*.test.ts'], [], 120_000),
      project('determinism', ['tests/determinism/**/*.test.ts'], [], 120_000),
    ],
  },
});
