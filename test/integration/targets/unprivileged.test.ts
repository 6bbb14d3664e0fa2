import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Selector } from '../../../src/model/target.ts';
import { Procfs } from '../../../src/os/procfs.ts';
import { resolveTargets, type TargetSet } from '../../../src/targets/target-set.ts';
import { freePort } from '../../support/programs.ts';
import { isRoot, setStage, type Stage, spec, startNginx, startRedis } from './programs.ts';

const NOBODY = 65_534;
if (!isRoot) console.log('skipped: becoming another user needs root');

let stage: Stage;
let selfPid: number;
beforeEach(async () => {
  stage = setStage();
  selfPid = await stage.standIn();
});
afterEach(() => stage.clear());

/** Resolves a target with the rights of nobody, and looks once in full. */
function resolveAsNobody(select: Selector): TargetSet {
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    const set = resolveTargets([spec('app', select)], {
      procfs: new Procfs(),
      nowMs: () => Date.now(),
      selfPid,
    });
    set.refresh({ nowMs: Date.now(), previousMs: null, moved: new Set(), gone: new Set(), full: true });
    return set;
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

describe.skipIf(!isRoot)('without rights on the target (a program of root, watched as nobody)', () => {
  it('a port whose owner may not be seen is said (redis-server, real)', async () => {
    const port = await freePort();
    await startRedis(stage, port);
    expect(() => resolveAsNobody({ by: 'port', port })).toThrow(
      new RegExp(`Port ${port} is open, but its process cannot be seen \\(it belongs to user 0`),
    );
  });

  it('what may not be read is unknown, and its tree is followed all the same (nginx, real)', async () => {
    const { pid = 0 } = await startNginx(stage, await freePort());
    const { processes } = resolveAsNobody({ by: 'pid', pid });
    expect(processes).toHaveLength(3);
    for (const process of processes)
      expect(process).toMatchObject({ name: 'nginx', exe: null, networkScope: null });
  });
});
