// One watcher of bench/overhead.mjs: looks at the given processes once a second until it is killed.
// usage: overhead-worker.mjs idleproof|libraries PID…
import { setFlagsFromString } from 'node:v8';

const TICK_MS = 1000;
const FULL_EVERY_MS = 30_000;

const WATCHERS = { idleproof, libraries };
const [name, ...pids] = process.argv.slice(2);
const look = await WATCHERS[name](pids.map(Number));
await look();
setInterval(() => void look(), TICK_MS);

async function idleproof(targets) {
  // After 8 s without work V8 shrinks the heap step by step, which takes 20 ms; in one go it takes 4.
  setFlagsFromString('--no-incremental-marking');
  const { createLinuxCollectors } = await import('../dist/collectors/registry.js');
  const { nativeCpuClock } = await import('../dist/os/cpu-clock.js');
  const { Procfs } = await import('../dist/os/procfs.js');
  const { parseProcStat } = await import('../dist/core/parse/proc-stat.js');
  const { readFacts } = await import('../dist/targets/process-info.js');
  const procfs = new Procfs();
  const { gate, collectors } = createLinuxCollectors({ procfs, clock: nativeCpuClock() });
  const processes = targets.map((pid, id) => ({
    ...readFacts(procfs, parseProcStat(procfs.read(`${pid}/stat`)), 0),
    id,
    target: 'tree',
    parentId: null,
    membership: 'root',
  }));
  let previousMs = null;
  let fullMs = 0;
  return () => {
    const nowMs = performance.timeOrigin + performance.now();
    const full = nowMs - fullMs >= FULL_EVERY_MS;
    const { moved } = gate.gate(processes);
    const started = previousMs === null ? processes : [];
    const round = { nowMs, previousMs, full, processes, moved, started, ended: [] };
    for (const collector of collectors) collector.sample(round);
    previousMs = nowMs;
    if (full) fullMs = nowMs;
  };
}

async function libraries(targets) {
  const [{ default: pidusage }, { default: systeminformation }] = await Promise.all([
    import('pidusage'),
    import('systeminformation'),
  ]);
  return async () => {
    await pidusage(targets);
    await systeminformation.networkConnections();
  };
}
