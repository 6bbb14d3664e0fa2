import { defineConfig, type ViteUserConfig } from 'vitest/config';

const project = (name: string, timeoutMs: number) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: timeoutMs, hookTimeout: timeoutMs },
});

const config: ViteUserConfig = defineConfig({
  test: {
    // Most of the time tests wait for real programs; many more at once would make them wait for each other.
    maxWorkers: 4,
    projects: [project('unit', 180_000), project('integration', 180_000), project('e2e', 420_000)],
    coverage: {
      include: ['src/core/**', 'src/render/**'],
      reporter: ['text-summary'],
      thresholds: { lines: 90, branches: 80 },
    },
  },
});

export default config;
