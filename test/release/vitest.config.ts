import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Packs the product and installs it from the registry, which compiles SQLite where no build of it is to be had. */
const config: ViteUserConfig = defineConfig({
  test: {
    name: 'release',
    include: ['test/release/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 1_800_000,
    fileParallelism: false,
  },
});

export default config;
