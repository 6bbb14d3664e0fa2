// Starts the matrix; its files are TypeScript, which vite (of vitest) runs as it is. See docs/reliability.md.
// usage: npm run test:chaos -- [--only fault/activity] [--seed 9] [--resume] [--jobs 4] [--write]
import { createViteServer } from 'vitest/node';
import { commitNow } from '../../bench/page.mjs';

// What is tried is what was there in the beginning.
const commit = commitNow();
const server = await createViteServer({
  root: new URL('../..', import.meta.url).pathname,
  configFile: false,
  logLevel: 'warn',
  appType: 'custom',
  server: { middlewareMode: true, watch: null, ws: false, hmr: false },
  optimizeDeps: { noDiscovery: true },
});
try {
  const { main } = await server.ssrLoadModule('/test/chaos/run.ts');
  process.exitCode = await main(process.argv.slice(2), commit);
} finally {
  await server.close();
}
