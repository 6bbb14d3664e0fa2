// Rows of evidence as collectors write them of an app: processes, calls, wakes, rows of its events table.

/** One of the processes of the app. */
export function processOf(id, startMs) {
  return {
    id,
    pid: 10_000 + id,
    startTicks: 3_031_925 + id,
    parentPid: 10_000,
    sessionId: 10_000,
    startedAtMs: startMs - 60_000,
    name: `worker-${id}`,
    cmdline: `/opt/app/bin/worker --number ${id} --config /etc/app/worker.yaml`,
    exe: '/opt/app/bin/worker',
    networkScope: 'network:4026531833',
    target: 'app',
    parentId: id === 1 ? null : 1,
    membership: id === 1 ? 'root' : 'child',
  };
}

/** A call to somebody else. */
export function connect(atMs) {
  return {
    kind: 'network',
    op: 'connect',
    atMs,
    target: 'app',
    collector: 'trace',
    processId: 1,
    thread: 'worker-1',
    direction: 'outbound',
    protocol: 'tcp',
    remote: { ip: '203.0.113.7', port: 443, process: null, target: null },
    localPort: 40_000,
    bytesSent: 200,
    bytesReceived: 3000,
    lifetimeSeconds: 0.2,
  };
}

/** What woke a thread since the last full look. */
export function wake(atMs, processId) {
  return {
    fromMs: atMs - 30_000,
    toMs: atMs,
    processId,
    tid: 10_000 + processId,
    thread: `worker-${processId}`,
    call: 'epoll_wait',
    timeoutMs: 1000,
    timeoutIs: 'asked',
    wokenBy: 'timer',
    waker: null,
    count: 30,
    intervalMs: 1000,
    sampledShare: 1,
    timesMs: Array.from({ length: 30 }, (_, nth) => atMs - 30_000 + nth * 1000.123),
  };
}

/** A row of the events table: its user asked something. */
export function chat(atMs) {
  return {
    kind: 'event',
    atMs,
    target: 'app',
    collector: 'events',
    processId: null,
    thread: null,
    source: 'events',
    type: 'user_message',
    id: String(Math.round(atMs)),
    data: { text: 'x'.repeat(80) },
    firstSeenAtMs: atMs,
    stampedAtMs: atMs - 3,
    stampDoubtful: false,
  };
}

/** A start or an end of a helper. */
export function life(atMs, { id, exe, op }) {
  return {
    kind: 'process',
    op,
    atMs,
    target: 'app',
    collector: 'processes',
    processId: id,
    thread: null,
    exe,
    parentName: 'worker-1',
    exitCode: null,
  };
}

/** What collectors and targets know at an edge; `names`: of the targets. */
export function knownAt(tick, names = ['app']) {
  const collector = (name, target = null) => ({
    name,
    target,
    status: 'ok',
    tier: 'counter',
    reason: null,
    lost: 0,
    cpuSeconds: tick / 1e6,
  });
  return {
    collectors: ['cpu', 'memory', 'wakeups', 'io', 'processes', 'sockets', 'trace'].map((name) =>
      collector(name),
    ),
    targets: names.map((name) => ({
      name,
      selector: { by: 'port', port: 8000 },
      events: null,
      orphans: [],
      notes: [],
      executables: [{ path: '/opt/app/bin/worker', sha256: '6b'.repeat(32) }],
    })),
    eventTypes: { [names[0]]: ['user_message'] },
    eventColumns: { [names[0]]: ['id', 'type', 'created_at'] },
  };
}
