#!/usr/bin/env node
import { keepHeapCalm } from '../os/heap.ts';
import { toolVersion } from './version.ts';

// Asking for the version is answered before anything else is loaded.
const [first, ...rest] = process.argv.slice(2);
if (rest.length === 0 && (first === '--version' || first === '-V')) {
  process.stdout.write(`${toolVersion()}\n`);
} else {
  keepHeapCalm();
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosed);
  const { run } = await import('./program.ts');
  process.exitCode = await run(process.argv.slice(2));
}

/** Whoever reads may stop (`| head`): what is done goes on, and the exit code says what came of it. */
function ignoreClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
