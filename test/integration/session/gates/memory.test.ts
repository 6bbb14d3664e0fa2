import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { becomeSubreaper } from '../../../../src/os/subreaper.ts';
import { MemoryWatch } from '../../../../src/session/gates/memory.ts';
import { startCommand, sweep, terminate } from '../../../../src/targets/command/command.ts';
import { until } from '../../../support/until.ts';

it('knows the memory of an app that runs, and nothing once it has ended, whatever it left behind', async () => {
  becomeSubreaper();
  const folder = mkdtempSync(join(tmpdir(), 'idleproof-memory-'));
  const end = join(folder, 'end');
  execFileSync('mkfifo', [end]);
  // No process of it comes and goes: a tree of which one ends while it is read has no memory that is known.
  const script = `sleep 600 & read _ <${end}`;
  const app = await startCommand(['sh', '-c', script], { outputPath: join(folder, 'app.log') });
  try {
    const memory = new MemoryWatch();
    memory.before([app]);
    expect(memory.states.beforeBytes).toBeGreaterThan(0);
    writeFileSync(end, '\n');
    await until(() => app.exited() !== null);
    memory.after([app]);
    expect(memory.states.afterBytes).toBeNull();
  } finally {
    await terminate(app, 1_000);
    await sweep([app]);
    rmSync(folder, { recursive: true, force: true });
  }
});
