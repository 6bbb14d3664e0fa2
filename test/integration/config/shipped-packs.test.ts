import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadRulePacks } from '../../../src/config/rule-packs.ts';
import { judge } from '../../../src/core/rules/evaluate.ts';
import type { RuleVerdict } from '../../../src/model/verdict.ts';
import { Scene } from '../../unit/support/evidence.ts';

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
  const params = names.map((name) => (name === 'idle-budget' ? 'idle-budget:memory=50MB' : name));
  const ids = loadRulePacks(params, { packsFolder }).flatMap(({ rules }) => rules.map(({ id }) => id));
  expect(new Set(CASES.map(([, id]) => id))).toEqual(new Set(ids));
});

it('what redis-server does every 100 ms is within the idle budget, and to be read in the report', () => {
  const packs = loadRulePacks(['idle-budget'], { packsFolder });
  const results = judge(steady(10, 0.36).evidence, packs, { strict: false, acceptSampledMs: null });
  expect(results.map(({ verdict, measured }) => [verdict, measured])).toEqual([
    ['pass', 'mean 0.36 %, p95 0.36 %'],
    ['pass', 'mean 10/s'],
  ]);
});
