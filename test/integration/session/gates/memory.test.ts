import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { becomeSubreaper } from '../../../../src/os/subreaper.ts';
import { MemoryWatch } from '../../../../src/session/gates/memory.ts';
import { startCommand, sweep, terminate } from '../../../../src/targets/command.ts';

it('knows the memory of an app that runs, and nothing once it has ended, whatever it left behind', async () => {
  becomeSubreaper();
  const folder = mkdtempSync(join(tmpdir(), 'idleproof-memory-'));
  const end = join(folder, 'end');
  const script = `sleep 600 & while [ ! -e ${end} ]; do sleep 0.02; done`;
  const app = await startCommand(['sh', '-c', script], { outputPath: join(folder, 'app.log') });
  try {
    const memory = new MemoryWatch();
    memory.before([app]);
    expect(memory.states.beforeBytes).toBeGreaterThan(0);
    writeFileSync(end, '');
    while (app.exited() === null) await new Promise((resolve) => setTimeout(resolve, 10));
    memory.after([app]);
    expect(memory.states.afterBytes).toBeNull();
  } finally {
    await terminate(app, 1_000);
    await sweep([app]);
    rmSync(folder, { recursive: true, force: true });
  }
});
