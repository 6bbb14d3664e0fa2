import { defineConfig, type ViteUserConfig } from 'vitest/config';

const project = (name: string, timeoutMs: number) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: timeoutMs, hookTimeout: timeoutMs },
});

const config: ViteUserConfig = defineConfig({
  test: {
    projects: [project('unit', 10_000), project('integration', 60_000), project('e2e', 180_000)],
    coverage: {
      include: ['src/core/**', 'src/render/**'],
      thresholds: { lines: 90, branches: 80 },
    },
  },
});

export default config;
