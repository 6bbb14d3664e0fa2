import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Selector } from '../../../src/model/target.ts';
import { Procfs } from '../../../src/os/procfs.ts';
import { readTreeUsage } from '../../../src/session/measure/tree-usage.ts';
import { Executables } from '../../../src/targets/executables.ts';
import { readPorts } from '../../../src/targets/discovery/listening.ts';
import { readOpenFiles } from '../../../src/targets/discovery/open-files.ts';
import { readStat } from '../../../src/targets/process-table.ts';
import { resolveTargets } from '../../../src/targets/target-set.ts';
import { Leaderless } from '../../support/leaderless.ts';
import { hasProgram } from '../../support/programs.ts';
import { type Stage, setStage, spec } from './programs.ts';

const procfs = new Procfs();
let folder: string;
let model: string;
let app: Leaderless;
let stage: Stage;

describe.skipIf(!hasProgram('python3'))('a process whose first thread has ended', () => {
  beforeEach(() => {
    stage = setStage();
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-leaderless-')));
    model = join(folder, 'small.gguf');
    app = new Leaderless([model]);
  });
  afterEach(async () => {
    await app.stop();
    await stage.clear();
    rmSync(folder, { recursive: true });
  });

  it('is found by its port and its command line, and known by its program', async () => {
    const [port = 0, ...others] = readPorts(procfs, [app.pid]);
    expect(others).toEqual([]);
    const selectors: Selector[] = [
      { by: 'port', port },
      { by: 'cmdline', pattern: 'small[.]gguf' },
    ];
    const selfPid = await stage.standIn();
    for (const select of selectors) {
      const { processes } = resolveTargets([spec('app', select)], {
        procfs,
        nowMs: () => Date.now(),
        selfPid,
      });
      expect(processes).toMatchObject([
        {
          pid: app.pid,
          exe: expect.stringMatching(/python/),
          cmdline: expect.stringContaining(model),
          networkScope: expect.stringMatching(/^network:\d+$/),
        },
      ]);
      const executables = new Executables(procfs);
      executables.read(processes);
      expect(executables.of('app')).toMatchObject([{ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    }
  });

  it('shows the files that it holds open, and what it uses', () => {
    expect(readOpenFiles(procfs, app.pid)?.map(({ path }) => path)).toContain(model);
    const stat = readStat(procfs, app.pid);
    const usage = readTreeUsage(stat === null ? [] : [stat]);
    expect(usage.modelFiles).toMatchObject([{ path: model, how: 'open' }]);
    expect(usage.rssBytes).toBeGreaterThan(1e6);
    expect(usage.pssBytes).toBeGreaterThan(1e6);
  });
});
