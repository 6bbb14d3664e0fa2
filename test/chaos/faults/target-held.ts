import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import type { Fault } from '../fault.ts';
import type { Scene } from '../scene.ts';
import { hold, letGo } from '../helper.ts';
import { needsRoot } from '../trace-instances.ts';

export const targetStopped: Fault = {
  name: 'target-stopped',
  says: 'the target is stopped (SIGSTOP) for 0.9 s; what it was told to do it does afterwards',
  holdsTarget: true,
  strike: ({ scene }) => {
    process.kill(scene.driver.pid, 'SIGSTOP');
  },
  undo: ({ scene }) => {
    process.kill(scene.driver.pid, 'SIGCONT');
  },
};

const GROUPS = '/sys/fs/cgroup';
const groupOf = (controller: string, { driver }: Scene): string =>
  `${GROUPS}/${controller}/idleproof-chaos-${driver.pid}`;

function enter(controller: string, scene: Scene): void {
  mkdirSync(groupOf(controller, scene));
  writeFileSync(`${groupOf(controller, scene)}/cgroup.procs`, `${scene.driver.pid}`);
}

async function leave(controller: string, scene: Scene): Promise<void> {
  await scene.driver.stop();
  rmdirSync(groupOf(controller, scene));
}

function needsGroup(controller: string): string | null {
  if (process.geteuid?.() !== 0) return 'it needs root';
  const folder = `${GROUPS}/${controller}/idleproof-chaos-probe-${process.pid}`;
  try {
    mkdirSync(folder);
    rmdirSync(folder);
    return null;
  } catch (error) {
    return `the ${controller} controller of cgroups v1 is needed: ${(error as Error).message}`;
  }
}

export const targetFrozen: Fault = {
  name: 'target-frozen',
  says: "the target is frozen (the cgroup's freezer) for 0.9 s; what it was told to do it does afterwards",
  holdsTarget: true,
  unavailable: () => needsGroup('freezer'),
  setUp: (scene) => enter('freezer', scene),
  strike: ({ scene }) => writeFileSync(`${groupOf('freezer', scene)}/freezer.state`, 'FROZEN'),
  undo: ({ scene }) => writeFileSync(`${groupOf('freezer', scene)}/freezer.state`, 'THAWED'),
  tearDown: async (scene) => {
    writeFileSync(`${groupOf('freezer', scene)}/freezer.state`, 'THAWED');
    await leave('freezer', scene);
  },
};

export const targetThrottled: Fault = {
  name: 'target-throttled',
  says: "the target may use 5 % of a CPU (the cgroup's quota), and wants more",
  unavailable: () => needsGroup('cpu'),
  excludes: ({ name }) => (name === 'cpu' ? 'it cannot use so much CPU time in the window' : null),
  setUp: (scene) => enter('cpu', scene),
  strike: async ({ scene }) => {
    writeFileSync(`${groupOf('cpu', scene)}/cpu.cfs_quota_us`, '5000');
    await scene.driver.run(
      `exec("""end = time.thread_time() + 0.03\\nwhile time.thread_time() < end: sum(range(1000))""")`,
    );
  },
  undo: ({ scene }) => writeFileSync(`${groupOf('cpu', scene)}/cpu.cfs_quota_us`, '-1'),
  tearDown: (scene) => leave('cpu', scene),
};

/** PTRACE_SEIZE; the tracer's end lets it go. What a signal stops goes on with that signal, as under any debugger (ptrace(2)). */
const TRACER = `
import ctypes, os, sys, threading
SEIZE, CONT, WALL = 0x4206, 7, 0x40000000
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
pid = int(sys.argv[1])
if libc.ptrace(SEIZE, pid, None, None) != 0:
    sys.exit(f'ptrace: {ctypes.get_errno()}')
print('traced', flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0))).start()
while True:
    _, status = os.waitpid(pid, WALL)
    if not os.WIFSTOPPED(status): break
    libc.ptrace(CONT, pid, None, os.WSTOPSIG(status))
`;

export const targetTraced: Fault = {
  name: 'target-traced',
  says: 'a debugger is attached to the target (ptrace) for 0.9 s',
  unavailable: needsRoot,
  strike: ({ scene }) => hold(scene, TRACER, `${scene.driver.pid}`),
  undo: ({ scene }) => letGo(scene),
};
