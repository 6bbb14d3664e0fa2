import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Waits a minute for each program: not a part of `npm test`. See run.mjs. */
const config: ViteUserConfig = defineConfig({
  test: {
    name: 'zoo',
    include: ['test/zoo/**/*.test.ts'],
    testTimeout: 1_200_000,
    hookTimeout: 60_000,
    maxConcurrency: Number(process.env['ZOO_AT_ONCE'] ?? 6),
  },
});

export default config;
