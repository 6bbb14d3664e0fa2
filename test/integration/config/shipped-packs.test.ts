import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadRulePacks } from '../../../src/config/rule-packs.ts';
import { judge } from '../../../src/core/rules/evaluate.ts';
import type { Statistic } from '../../../src/model/measurement.ts';
import type { ProcessMetric, ProcessMetrics } from '../../../src/model/sample.ts';
import type { RuleVerdict } from '../../../src/model/verdict.ts';
import { at, Scene } from '../../unit/support/evidence.ts';

const packsFolder = new URL('../../../rules', import.meta.url).pathname;

function verdictOf(pack: string, id: string, scene: Scene): RuleVerdict | undefined {
  const packs = loadRulePacks([pack], { packsFolder });
  const results = judge(scene.evidence, packs, { strict: false, acceptSampledMs: null });
  return results.find((result) => result.id === id)?.verdict;
}

/** One process that wakes so often a second and uses so much of a core, looked at each second. */
function steady(wakeups: number, percent: number): Scene {
  const scene = new Scene();
  for (let second = 1; second <= 60; second += 1) {
    scene.sample(second, 1, { wakeups: 1000 + second * wakeups, cpuNs: 1e9 + second * percent * 1e7 });
  }
  return scene;
}

/** 5 min in which levels of the process grow by so much a second, beside what they breathe. */
function growing(perSecond: ProcessMetrics, breath = 0): Scene {
  const scene = new Scene(300);
  const start: ProcessMetrics = { pssBytes: 10e6, openFiles: 8, threads: 2 };
  for (let second = 0; second <= 300; second += 1) {
    const grown = Object.entries(perSecond).map(([name, slope]) => [
      name,
      Math.round((start[name as ProcessMetric] ?? 0) + slope * second + breath * Math.sin(second * second)),
    ]);
    scene.sample(second, 1, { cpuNs: 1e9 + second * 1e6, ...Object.fromEntries(grown) });
  }
  return scene;
}

const LEVELS: ProcessMetrics = { pssBytes: 0, openFiles: 0, threads: 0 };

/** The model is used at second 10; from then on memory is so large, and again small after it was given back. */
function model(loadedBytes: number, backAt: number | null): Scene {
  const scene = events().sample(12, 1, { cpuNs: 2e9, pssBytes: loadedBytes });
  scene.row(10, 'llm_request');
  return backAt === null ? scene : scene.sample(backAt, 1, { cpuNs: 3e9, pssBytes: 20e6 });
}

/** The same of an app that this run has started. */
function started(scene: Scene): Scene {
  for (const process of scene.evidence.processes) process.startedAtMs = scene.evidence.run.startedAtMs;
  return scene;
}

const MODEL = 'model-lifecycle:timeout=30s,loaded=1GB';
const files = (): Scene =>
  quiet()
    .target({ files: ['/data'] })
    .report('files', { target: 'app', tier: 'counter' });
const wrote = (scene: Scene, second: number): Scene =>
  scene.activity({
    kind: 'file',
    op: 'write',
    path: '/data/state',
    atMs: at(second),
    target: 'app',
    collector: 'files',
    processId: null,
    thread: null,
  });

/** Evidence of a measurement that keeps a rule, breaks it, and is not there. */
const measuredCases = (
  rule: string,
  name: string,
  statistic: Statistic,
  good: number,
  bad: number,
): [string, string, () => Scene, () => Scene, () => Scene] => [
  'responsiveness:latency=500ms',
  rule,
  () => quiet().measured(name, { [statistic]: good }),
  () => quiet().measured(name, { [statistic]: bad }),
  quiet,
];

const loopback = { ip: '127.0.0.1', port: 6379, process: null, target: null };
const busy = (): Scene => new Scene().sample(20, 1, { cpuNs: 2e9 });
const quiet = (): Scene => new Scene();
const events = (): Scene => new Scene().withEvents();
const stop = (): Scene => new Scene().stopped(60, 62);

/** The same thing again and again, every 7 s. */
function repeated(scene: Scene, happen: (scene: Scene, second: number) => void): Scene {
  for (let second = 3; second < 60; second += 7) happen(scene, second);
  return scene;
}

/** Evidence with which each rule passes, fails and is inconclusive. */
const CASES: [pack: string, rule: string, pass: () => Scene, fail: () => Scene, inconclusive: () => Scene][] =
  [
    [
      'no-background-agents',
      'network-activity',
      quiet,
      () => quiet().network(10, { remote: loopback }),
      () => busy().moved(20, { tcpActiveOpens: 1 }),
    ],
    [
      'no-background-agents',
      'network-period',
      () => quiet().network(10).network(21).network(23),
      () => repeated(quiet(), (scene, second) => scene.network(second)),
      () => busy().moved(20, { tcpActiveOpens: 1 }),
    ],
    [
      'no-background-agents',
      'event-period',
      () => events().row(10, 'note').row(11, 'note'),
      () => repeated(events(), (scene, second) => scene.row(second, 'note')),
      () => events().report('events', { target: 'app', status: 'unavailable' }),
    ],
    [
      'no-background-agents',
      'process-period',
      () => quiet().happened(10, 'spawn'),
      () => repeated(quiet(), (scene, second) => scene.happened(second, 'spawn')),
      () => busy().forked(20, 1),
    ],
    [
      'no-polling',
      'periodic-wakes',
      quiet,
      () =>
        repeated(quiet().sample(-5, 1, { cpuNs: 1 }), (scene, second) =>
          scene.sample(second, 1, { cpuNs: second * 1e6 }),
        ),
      () => steady(10, 0.36),
    ],
    [
      'no-background-agents',
      'network-inbound',
      quiet,
      () => quiet().network(10, { op: 'accept', direction: 'inbound' }),
      () => busy().moved(20, { tcpPassiveOpens: 1 }),
    ],
    [
      'no-background-agents',
      'background-tool-run',
      () => events().row(10, 'user_message').row(12, 'tool_run'),
      () => events().row(10, 'tool_run'),
      () => events().report('events', { target: 'app', status: 'unavailable' }),
    ],
    [
      'no-background-agents',
      'child-process',
      quiet,
      () => quiet().happened(10, 'spawn'),
      () => busy().forked(20, 1),
    ],
    ['idle-budget', 'idle-cpu', () => steady(10, 0.36), () => steady(10, 2), () => quiet().gap(10, 20)],
    [
      'idle-budget',
      'idle-wakeups',
      () => steady(10, 0.36),
      () => steady(60, 0.4),
      () => quiet().without('wakeups'),
    ],
    [
      'idle-budget:memory=50MB',
      'idle-memory',
      quiet,
      () => quiet().sample(10, 1, { pssBytes: 60e6 }),
      () => quiet().report('memory', { status: 'partial' }),
    ],
    [
      'loopback-only',
      'beyond-loopback',
      () => quiet().network(10, { remote: loopback }),
      () => quiet().network(10, { remote: null }),
      () => busy().moved(20, { udpOutDatagrams: 1 }),
    ],
    [
      'no-telemetry',
      'outbound-traffic',
      () => quiet().network(10, { remote: loopback }),
      () => quiet().network(10, { protocol: 'udp', remote: { ...loopback, ip: '192.0.2.53', port: 53 } }),
      () => busy().moved(20, { tcpActiveOpens: 1 }),
    ],
    [
      MODEL,
      'model-not-preloaded',
      () => events(),
      () => started(events().sample(1, 1, { cpuNs: 2e9, pssBytes: 4e9 })),
      () => events().sample(1, 1, { cpuNs: 2e9, pssBytes: 4e9 }),
    ],
    [MODEL, 'model-loaded', () => model(4e9, 30), () => model(5e8, 30), events],
    [
      MODEL,
      'model-unload',
      () => model(4e9, 30),
      () => model(4e9, null),
      () => model(4e9, 30).row(50, 'llm_request'),
    ],
    [
      'leak-watch',
      'memory-growth',
      () => growing(LEVELS),
      () => growing({ ...LEVELS, pssBytes: 1e6 }),
      () => growing(LEVELS, 1e6),
    ],
    [
      'leak-watch',
      'file-growth',
      () => growing(LEVELS),
      () => growing({ ...LEVELS, openFiles: 0.1 }),
      () => growing({ ...LEVELS, openFiles: 0.006 }),
    ],
    ['leak-watch', 'thread-growth', () => growing(LEVELS), () => growing({ ...LEVELS, threads: 0.1 }), quiet],
    [
      'quiet-disk',
      'idle-writes',
      () => quiet().sample(10, 1, { writtenBytes: 8192 }),
      () => quiet().sample(10, 1, { writtenBytes: 1e6 }),
      () => quiet().report('io', { status: 'partial' }),
    ],
    [
      'quiet-disk',
      'idle-reads',
      quiet,
      () => quiet().sample(10, 1, { readBytes: 1e6 }),
      () => quiet().without('io'),
    ],
    [
      'quiet-disk',
      'file-period',
      () => wrote(files(), 10),
      () => repeated(files(), wrote),
      () => files().report('files', { target: 'app', status: 'unavailable' }),
    ],
    measuredCases('startup-time', 'startup', 'p50', 1.2, 5.1),
    measuredCases('first-token', 'ttft', 'p50', 2.27, 6),
    measuredCases('http-latency', 'http.latency', 'p95', 0.1, 0.9),
    measuredCases('http-throughput', 'http.throughput', 'value', 80, 20),
    measuredCases('http-errors', 'http.errors', 'value', 0, 7),
    measuredCases('http-timeouts', 'http.timeouts', 'value', 0, 2),
    [
      'sidecar-lifecycle',
      'orphan-process',
      stop,
      () => stop().happened(61, 'outlived-parent'),
      () => stop().gap(60, 62, 'processes'),
    ],
  ];

describe.each(CASES)('%s %s', (pack, rule, pass, fail, inconclusive) => {
  it('passes, fails and is inconclusive', () => {
    expect([pass, fail, inconclusive].map((scene) => verdictOf(pack, rule, scene()))).toEqual([
      'pass',
      'fail',
      'inconclusive',
    ]);
  });
});

it('every rule that ships has its case', () => {
  const names = readdirSync(packsFolder).map((file) => basename(file, '.yaml'));
  const withParams = new Map(CASES.map(([pack]) => [pack.split(':')[0], pack]));
  const packs = loadRulePacks(
    names.map((name) => withParams.get(name) ?? name),
    { packsFolder },
  );
  const shipped = packs.flatMap(({ pack, rules }) => rules.map(({ id }) => `${pack} ${id}`));
  const cases = CASES.map(([pack, id]) => `${pack.split(':')[0]} ${id}`);
  expect(new Set(cases)).toEqual(new Set(shipped));
  // Off unless given, and thereby not among those that were loaded.
  const written = names.flatMap((name) =>
    [...readFileSync(join(packsFolder, `${name}.yaml`), 'utf8').matchAll(/^ {2}- id: (\S+)$/gm)].map(
      ([, id]) => `${name} ${id}`,
    ),
  );
  expect(new Set(cases)).toEqual(new Set(written));
});

it('what redis-server does every 100 ms is within the idle budget, and to be read in the report', () => {
  const packs = loadRulePacks(['idle-budget'], { packsFolder });
  const results = judge(steady(10, 0.36).evidence, packs, { strict: false, acceptSampledMs: null });
  expect(results.map(({ verdict, measured }) => [verdict, measured])).toEqual([
    ['pass', 'mean 0.36 %, p95 0.36 %'],
    ['pass', 'mean 10/s'],
  ]);
});
