import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Orphan } from '../../../../src/model/target.ts';
import { Procfs } from '../../../../src/os/procfs.ts';
import { resolveTargets } from '../../../../src/targets/target-set.ts';
import { type Driver, startDriver } from '../../../support/driver.ts';
import { setStage, type Stage, spec } from '../programs.ts';

let stage: Stage;
let driver: Driver;
beforeEach(async () => {
  stage = setStage();
  driver = await startDriver('setsid');
});
afterEach(async () => {
  await driver.stop();
  await stage.clear();
});

/** Strangers that a look finds after the target (python3) did something. */
async function strangersAfter(statement: string): Promise<Orphan[]> {
  const selfPid = await stage.standIn();
  const set = resolveTargets([spec('app', { by: 'pid', pid: driver.pid })], {
    procfs: new Procfs(),
    nowMs: () => Date.now(),
    selfPid,
  });
  const nobody = new Set<number>();
  set.refresh({ nowMs: Date.now(), previousMs: null, moved: nobody, gone: nobody, full: true });
  await driver.run(statement);
  set.refresh({
    nowMs: Date.now(),
    previousMs: null,
    moved: new Set([set.processes[0]?.id ?? 0]),
    gone: nobody,
    full: false,
  });
  const orphans = set.reports()[0]?.orphans ?? [];
  for (const { pid, cmdline } of orphans) if (cmdline === OWN) stage.alsoKill(pid);
  return orphans.filter(({ appeared }) => appeared);
}

/** This test run's own. Others that run at the same time may look alike, and be gone again. */
const SECONDS = `300.${process.pid}`;
const OWN = `sleep ${SECONDS}`;

describe('processes that appeared while the target ran, and may be its own', () => {
  it('a daemon that forked twice and left the session between two looks', async () => {
    const daemonize = `
child = os.fork()
if child == 0:
  os.setsid()
  if os.fork(): os._exit(0)
  os.execvp("sleep", ["sleep", "${SECONDS}"])
os.waitpid(child, 0)
def sleeps(pid):
  try: return open(f"/proc/{pid}/cmdline").read().split("\\0") == ["sleep", "${SECONDS}", ""]
  except OSError: return False
while not any(sleeps(pid) for pid in os.listdir("/proc") if pid.isdigit()): time.sleep(.01)`;
    const strangers = await strangersAfter(`exec(${JSON.stringify(daemonize)})`);
    expect(strangers.map(({ cmdline }) => cmdline)).toContain(OWN);
    expect(strangers.find(({ cmdline }) => cmdline === OWN)?.reason).toContain('its parent is gone');
  });
});
