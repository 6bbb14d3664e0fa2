import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Boots operating systems: too slow for `npm test`, and for root only. */
const config: ViteUserConfig = defineConfig({
  test: {
    name: 'service',
    include: ['test/service/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});

export default config;
