import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { exposedNetwork } from '../../src/core/coverage/exposed-network.ts';
import { exposedProcesses } from '../../src/core/coverage/exposed-processes.ts';
import { METRICS } from '../../src/core/derive/metrics.ts';
import type { Series } from '../../src/core/derive/metric-series.ts';
import { deriveSeries } from '../../src/core/derive/series.ts';
import { USUAL_TIERS } from '../../src/core/examples/usual-tiers.ts';
import { summarize } from '../../src/core/derive/summarize.ts';
import type { NetworkActivity } from '../../src/model/activity.ts';
import type { CollectorSet, Tier } from '../../src/model/collector.ts';
import type { Evidence, Gap, Window } from '../../src/model/evidence.ts';
import type { TargetSpec } from '../../src/model/target.ts';
import { systemClock } from '../../src/os/clock.ts';
import { Procfs } from '../../src/os/procfs.ts';
import { openSqlite } from '../../src/os/sqlite.ts';
import { surveyPosts } from '../../src/session/posts.ts';
import { resolveTargets } from '../../src/targets/target-set.ts';
import { startDriver, type Driver } from '../support/driver.ts';
import { followOnHost } from '../support/host-lateness.ts';
import { skipIfLate } from '../support/looked-at.ts';
import { watchWith } from '../support/portable-and-native.ts';
import { hasProgram } from '../support/programs.ts';
import { hasTrace } from '../support/tracing.ts';
import { setStage, spec, type Stage } from './targets/programs.ts';

/**
 * A portable window opens when its first reading has ended, and counts from that reading's beginning on, up to half a second more
 * of 9 s, so that 30 % of a core become 31.7 %; and it counts in steps of 10 ms.
 */
const CPU_POINTS = 3;

/** The kernel keeps resident pages in batches for each CPU (proc_pid_stat(5): «inaccurate»), some hundred KiB. */
const RSS_BYTES = 2 * 1024 * 1024;

const SPAWNS = 3;

const SETS: readonly CollectorSet[] = ['native', 'portable'];
const TARGETS = ['burner', 'hog', 'spawner', 'talker', 'idle'] as const;

const drivers: Record<string, Driver> = {};
const evidence: Partial<Record<CollectorSet, Evidence>> = {};
let stage: Stage;
/** Of who stands in for the watchdog. */
let selfPid: number;
let server: Server;
const accepted: Socket[] = [];

const portOf = (): number => (server.address() as AddressInfo).port;

/** Uses 30 % of a core where it gets it, and writes when it had used how much; ends when there is a file `stop`. */
const BURNS = (folder: string): string => `
with open('${folder}/burnt', 'w', 1) as burnt:
    while not os.path.exists('${folder}/stop'):
        print(time.time() * 1e3, time.process_time() * 1e3, file=burnt)
        busy = time.process_time() + 0.03
        while time.process_time() < busy: pass
        time.sleep(0.07)
    print(time.time() * 1e3, time.process_time() * 1e3, file=burnt)`;

/** Looks that each set has made in its window, with all that it wanted to read. */
const looks: Record<CollectorSet, number> = { native: 0, portable: 0 };

/** Returns when each set has looked twice more: one of them at least began after this. */
async function looked(): Promise<void> {
  const before = { ...looks };
  while (SETS.some((set) => looks[set] < before[set] + 2)) await sleep(20);
}

async function talk(): Promise<void> {
  await drivers['talker']?.run(`new = socket.create_connection(("127.0.0.1", ${portOf()}))`);
  await looked();
  await drivers['talker']?.run('new.close(); other = listen()');
  await looked();
}

async function spawn(): Promise<void> {
  for (let nth = 0; nth < SPAWNS; nth += 1) {
    await drivers['spawner']?.run('child = subprocess.Popen(["sleep", "1000"])');
    await looked();
    await drivers['spawner']?.run('child.kill(); child.wait()');
  }
}

beforeAll(async () => {
  if (!hasProgram('python3')) return;
  followOnHost(process.pid);
  stage = setStage();
  server = createServer((socket) => void accepted.push(socket)).listen(0, '127.0.0.1');
  selfPid = await stage.standIn();
  for (const name of TARGETS) drivers[name] = await startDriver();
  await drivers['hog']?.run('block = bytearray(os.urandom(1)) * 100_000_000');
  await drivers['talker']?.run(
    `server = listen(); old = socket.create_connection(("127.0.0.1", ${portOf()}))`,
  );
  const specs = TARGETS.map((name) => spec(name, { by: 'pid', pid: drivers[name]?.pid ?? 0 }));
  const burning = drivers['burner']?.run(`exec(${JSON.stringify(BURNS(stage.folder))})`);
  const closing = new AbortController();
  const watching = SETS.map(async (set) => {
    const onLook = (): void => void (looks[set] += 1);
    evidence[set] = await watchWith(set, specs, { selfPid, onLook, closing: closing.signal });
  });
  const doing = async (): Promise<void> => {
    await looked();
    await Promise.all([talk(), spawn()]);
    closing.abort();
  };
  await Promise.all([...watching, doing()]);
  writeFileSync(join(stage.folder, 'stop'), '');
  await burning;
});

afterAll(async () => {
  await Promise.all(Object.values(drivers).map((driver) => driver.stop()));
  for (const socket of accepted) socket.destroy();
  server?.close();
  await stage?.clear();
});

const of = (set: CollectorSet): Evidence => evidence[set] as Evidence;
const windowOf = (set: CollectorSet): Window => of(set).windows[0] as Window;

const isSlow = ({ reason }: Gap): boolean =>
  /^a reading took longer|^two lists of connections were/.test(reason);

/** But those of a host that was too busy for readings within a tick. */
const gapsOf = (set: CollectorSet): Gap[] => of(set).gaps.filter((gap) => !isSlow(gap));

/** Skips a test where a busy host let readings come late: how much CPU time was used when is not known to them then. */
function expectInTime(test: TestContext, set: CollectorSet): void {
  const { gaps, run } = of(set);
  const slow = gaps.find(isSlow);
  if (slow !== undefined)
    skipIfLate(test, 'contended', { ...windowOf(set), tickMs: run.tickMs }, slow.reason);
}

function seriesOf(set: CollectorSet, target: string, name: string): Series {
  const metric = METRICS.get(name);
  if (metric === undefined) throw new Error(`no metric ${name}`);
  return deriveSeries(of(set), target, metric, windowOf(set));
}

const cpuOf = (set: CollectorSet, target: string): number =>
  summarize(seriesOf(set, target, 'cpu.percent'), 'mean') ?? Number.NaN;

/** What the burner itself has measured over the window: mean of a core, in percent. */
function burntIn(set: CollectorSet): number {
  const told = readFileSync(join(stage.folder, 'burnt'), 'utf8').trim().split('\n');
  const marks = told.map((line) => line.split(' ').map(Number) as [atMs: number, cpuMs: number]);
  const usedBy = (ms: number): number => {
    const next = marks.findIndex(([atMs]) => atMs > ms);
    const [[fromMs, from] = [0, 0], [toMs, to] = [0, 0]] = [marks[next - 1], marks[next]];
    return from + ((to - from) * (ms - fromMs)) / (toMs - fromMs);
  };
  const { fromMs, toMs } = windowOf(set);
  return (100 * (usedBy(toMs) - usedBy(fromMs))) / (toMs - fromMs);
}

const rssOf = (set: CollectorSet, target: string): number =>
  summarize(seriesOf(set, target, 'memory.rss'), 'max') ?? Number.NaN;

const spawnsOf = (set: CollectorSet, target: string): number =>
  of(set).activities.filter((one) => one.kind === 'process' && one.op === 'spawn' && one.target === target)
    .length;

const networkOf = (set: CollectorSet, target: string): NetworkActivity[] =>
  of(set).activities.filter((one) => one.kind === 'network' && one.target === target) as NetworkActivity[];

/** Opened connections and ports; sends and receives are another matter. */
const opened = (set: CollectorSet, target: string): string[] =>
  networkOf(set, target)
    .filter(({ op }) => op !== 'send' && op !== 'receive')
    .map(({ op, direction, remote }) => `${op} ${direction} ${remote?.ip ?? ''} ${remote?.process ?? ''}`);

describe.skipIf(!hasProgram('python3')).each(SETS)('what the %s collectors tell of five processes', (set) => {
  it('CPU: who burns and who does not', (test) => {
    for (const target of ['hog', 'idle']) expect(cpuOf(set, target)).toBeLessThan(1);
    expectInTime(test, set);
    expect(Math.abs(cpuOf(set, 'burner') - burntIn(set))).toBeLessThan(CPU_POINTS);
    expect(cpuOf(set, 'burner')).toBeGreaterThan(burntIn(set) / 2);
  });

  it('memory: who holds 100 MB and who does not', () => {
    expect(rssOf(set, 'hog')).toBeGreaterThan(100e6);
    expect(rssOf(set, 'idle')).toBeLessThan(60e6);
  });

  it('processes: who starts some and who does not', () => {
    expect(spawnsOf(set, 'spawner')).toBe(SPAWNS);
    for (const target of ['burner', 'hog', 'talker', 'idle']) expect(spawnsOf(set, target)).toBe(0);
  });

  it('sockets: who calls whom, and who begins to listen; nothing of what was there before', () => {
    expect(opened(set, 'talker')).toEqual(['connect outbound 127.0.0.1 node', 'listen inbound  ']);
    for (const target of ['burner', 'hog', 'spawner', 'idle']) expect(networkOf(set, target)).toEqual([]);
  });

  it('saw the whole window, and nobody stopped', () => {
    expect(gapsOf(set).filter(({ target }) => target !== 'talker')).toEqual([]);
    // The clocks of the portable ones are coarse: who starts a process for so little time is not seen to run, and it is found a look later.
    const isLate = ({ kind, target }: { kind: string; target: string }): boolean =>
      set === 'portable' && kind === 'joined' && target === 'spawner';
    expect(of(set).disturbances.filter((one) => !isLate(one))).toEqual([]);
  });
});

describe.skipIf(!hasProgram('python3'))('native and portable collectors', () => {
  it.for(TARGETS)('agree about the CPU time of %s', (target, test) => {
    expectInTime(test, 'portable');
    // Their windows begin and end apart, and the burner gets what a busy host leaves it.
    const burnt = target === 'burner' ? burntIn('portable') - burntIn('native') : 0;
    expect(Math.abs(cpuOf('portable', target) - cpuOf('native', target) - burnt)).toBeLessThan(CPU_POINTS);
  });

  it.each(TARGETS.filter((name) => name !== 'spawner'))('agree about the memory of %s', (target) => {
    expect(Math.abs(rssOf('portable', target) - rssOf('native', target))).toBeLessThan(RSS_BYTES);
  });

  it('differ in what they claim: the portable ones only sample, and prove no absence', () => {
    const portable = of('portable');
    expect(new Set(portable.collectors.map(({ tier }) => tier))).toEqual(new Set(['sampled']));
    for (const exposed of [
      exposedNetwork(portable, 'idle', windowOf('portable'), false),
      exposedProcesses(portable, 'idle', windowOf('portable')),
    ]) {
      expect(exposed.tier).toBe('sampled');
    }
    expect(exposedNetwork(of('native'), 'idle', windowOf('native'), false).tier).toBe('counter');
  });

  it('differ in what they see: what the portable ones do not is missing, and never 0', (test) => {
    for (const name of ['memory.pss', 'memory.peak', 'wakeups.rate', 'threads', 'network.bytesSent']) {
      expect(seriesOf('portable', 'idle', name).missing, name).not.toBeNull();
    }
    const unavailable = of('portable').collectors.filter(({ status }) => status === 'unavailable');
    expect(unavailable.map(({ name }) => name)).toEqual(['wakeups', 'io', 'trace']);
    expect(networkOf('portable', 'talker').every(({ bytesSent }) => bytesSent === null)).toBe(true);
    // What is sent on an open connection is not seen: that is a gap, and no silence.
    const unseen = gapsOf('portable');
    for (const gap of unseen) expect(gap).toMatchObject({ collector: 'sockets', target: 'talker' });
    expect(unseen).not.toEqual([]);
    // A reading that is not in time parts it.
    expectInTime(test, 'portable');
    expect(unseen).toHaveLength(1);
  });
});

describe.skipIf(!hasProgram('python3'))('the tiers that examples of rules are judged by', () => {
  it('are those that collectors have where nothing hinders them', async () => {
    const traced = hasTrace();
    const file = (name: string): string => join(stage.folder, name);
    const database = openSqlite(file('app.db'));
    database.exec('CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, created_at TEXT)');
    database.close();
    writeFileSync(file('app.log'), '');
    const targets: TargetSpec[] = [
      {
        ...spec('idle', { by: 'pid', pid: drivers['idle']?.pid ?? 0 }),
        events: { sqlite: file('app.db'), table: 'events' },
        logs: [{ file: file('app.log'), format: 'jsonl' }],
        files: [stage.folder],
      },
    ];
    const clock = systemClock();
    const procfs = new Procfs();
    const trees = resolveTargets(targets, { procfs, nowMs: () => clock.nowMs(), selfPid });
    const plan = { targets, tickMs: 1000, lookBackMs: 0, collectors: 'native', folder: null } as const;
    const surveyed = await surveyPosts(plan, { procfs, clock, trees });
    const tiers = surveyed
      .filter(({ name }) => traced || name !== 'trace')
      .map(({ name, tier }): [string, Tier] => [name, tier]);
    const expected = Object.entries(USUAL_TIERS).filter(([name]) => traced || name !== 'trace');
    expect(Object.fromEntries(tiers)).toEqual(Object.fromEntries(expected));
  });

  it('are those that they report of a window, unless they give a reason for a lower one', () => {
    const told = of('native').collectors.filter(({ reason }) => reason === null);
    for (const { name, tier } of told) expect(tier, name).toBe(USUAL_TIERS[name]);
    expect(told.map(({ name }) => name)).toContain('memory');
  });
});
