import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadExamples } from '../../../src/config/example-file.ts';
import { InvalidDocument } from '../../../src/config/invalid-document.ts';
import { testRules } from '../../../src/session/test-rules.ts';

const packsFolder = new URL('../../../rules', import.meta.url).pathname;

const PACK = `pack: ours
rules:
  - { id: calls, kind: absence, activity: network, match: { direction: outbound } }
  - { id: beat, kind: periodicity, activity: network, match: { direction: outbound } }
  - { id: cpu, kind: threshold, metric: cpu.percent, expect: { mean: "< 0.5" } }
  - { id: cpu-time, kind: threshold, metric: cpu.seconds, expect: { sum: "< 1s" } }
  - { id: wakeups, kind: threshold, metric: wakeups.rate, expect: { mean: "< 20/s", max: "< 50" } }
  - { id: memory, kind: threshold, metric: memory.pss, expect: { max: "< 50MB" } }
  - { id: disk, kind: threshold, metric: io.writtenBytes, expect: { sum: "< 1MB" } }
  - { id: growth, kind: trend, metric: memory.rss, expect: { slope: "< 1MB/h" } }
  - { id: unload, kind: deadline, metric: memory.pss, after: { activity: event, match: { type: ask } }, within: 20s, expect: { max: "< 50MB" } }
  - { id: startup, kind: measurement, measurement: startup, expect: { p50: "< 2s" } }
  - { id: slower, kind: regression, measurement: http.latency, expect: { p95: "< +10%" } }
  - { id: wakes, kind: periodicity, metric: wakeups.rate }
  - { id: tools, kind: absence, activity: event, match: { type: tool, data.model: big }, unless: { after: { activity: event, match: { type: ask } }, within: 30s } }
  - { id: writes, kind: absence, activity: file, match: { path|startswith: /data } }
  - { id: lines, kind: absence, activity: log, match: { category: error } }
  - { id: starts, kind: absence, activity: process, match: { op: spawn, exe: "*/helper" } }
  - { id: uploads, kind: absence, activity: process, match: { op: spawn, process.cmdline|contains: upload } }
  - { id: orphans, kind: absence, window: stop, activity: process, match: { op: outlived-parent } }
  - { id: of-db, kind: absence, target: db, activity: network, match: { op: connect } }
`;

let folder: string;
const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-examples-'));
  write('ours.yaml', PACK);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One example's differences, in words. */
function differ(text: string): string[] {
  const path = write('ours.test.yaml', `examples: [{ name: one, ${text} }]`);
  const [tested] = testRules(loadExamples(path, { packsFolder }), '0.0.0');
  return (tested?.differences ?? []).map(({ of, found, reason }) => `${of}: ${found}; ${reason ?? ''}`);
}

const CALL = 'activity: network, remote.ip: 192.0.2.7, remote.port: 443';

describe('an example', () => {
  it.each([
    [
      'rests where it tells nothing',
      'expect: { calls: pass, beat: pass, cpu: pass, cpu-time: pass, wakeups: pass, memory: pass, disk: pass, wakes: pass, tools: pass, writes: pass, lines: pass, starts: pass }',
    ],
    [
      'has not measured what it does not tell',
      'expect: { startup: inconclusive, slower: inconclusive, unload: inconclusive, orphans: notApplicable, of-db: inconclusive }',
    ],
    [
      'has activities',
      `activities: [{ at: 10s, ${CALL} }], expect: { calls: { verdict: fail, reason: "192.0.2.7:443", findings: 1 }, beat: pass }`,
    ],
    ['may tell another direction', `activities: [{ at: 10s, ${CALL}, op: accept }], expect: { calls: pass }`],
    [
      'may repeat them, with jitter',
      `activities: [{ every: 8s, jitter: 200ms, ${CALL} }], expect: { beat: { verdict: fail, reason: every 8 } }`,
    ],
    [
      'does not know what it does not tell',
      'activities: [{ at: 10s, activity: process }], expect: { starts: { verdict: inconclusive, reason: exe is not known } }',
    ],
    [
      'does not take a program for its command line',
      'activities: [{ at: 10s, activity: process, exe: /usr/bin/curl }], expect: { uploads: { verdict: inconclusive, reason: process.cmdline is not known } }',
    ],
    [
      'knows what it tells',
      'activities: [{ at: 10s, activity: process, exe: /opt/helper }], expect: { starts: fail }',
    ],
    [
      'knows who acts',
      `activities: [{ at: 10s, ${CALL}, process.name: worker, process.pid: 77 }], expect: { calls: { verdict: fail, reason: worker (pid 77 } }`,
    ],
    [
      'has files and lines',
      'activities: [{ at: 1s, activity: file, path: /data/x }, { at: 2s, activity: log, category: error }], expect: { writes: fail, lines: fail }',
    ],
    [
      'has causes before the window',
      'activities: [{ at: -10s, activity: event, type: ask }, { at: 15s, activity: event, type: tool, data.model: big }], expect: { tools: pass }',
    ],
    [
      'has columns',
      'activities: [{ at: 15s, activity: event, type: tool, data.model: small }], expect: { tools: pass }',
    ],
    [
      'has rows without a cause',
      'activities: [{ at: -20s, activity: event, type: ask }, { at: 15s, activity: event, type: tool, data.model: big }], expect: { tools: fail }',
    ],
    ['may have no events table', 'events: false, expect: { tools: notApplicable }'],
    [
      'has a constant metric',
      'metrics: { cpu.percent: 0.6, wakeups.rate: 30/s }, expect: { cpu: { verdict: fail, reason: "0.6" }, wakeups: { verdict: fail, reason: 30/s } }',
    ],
    [
      'has a metric in steps',
      'metrics: { wakeups.rate: { 0s: 1, 30s: 60/s, 31s: 1 } }, expect: { wakeups: { verdict: fail, reason: max, findings: 1 } }',
    ],
    [
      'has a level that grows',
      'metrics: { memory.pss: { from: 40MB, to: 60MB } }, expect: { memory: { verdict: fail, reason: 60 MB } }',
    ],
    [
      'has a trend',
      'duration: 10m, metrics: { memory.rss: { from: 40MB, to: 60MB } }, expect: { growth: fail }',
    ],
    [
      'has amounts',
      'metrics: { io.writtenBytes: 2MB, cpu.seconds: { 10s: 500ms, 20s: 700ms } }, expect: { disk: { verdict: fail, reason: 2 MB }, cpu-time: { verdict: fail, reason: 1.2 s } }',
    ],
    [
      'may not know a metric',
      'metrics: { memory.pss: unknown }, expect: { memory: inconclusive, cpu: pass }',
    ],
    [
      'reaches a state after a trigger',
      'activities: [{ at: 10s, activity: event, type: ask }], metrics: { memory.pss: { 0s: 40MB, 11s: 900MB, 25s: 20MB } }, expect: { unload: pass }',
    ],
    [
      'reaches it too late',
      'activities: [{ at: 10s, activity: event, type: ask }], metrics: { memory.pss: { 0s: 40MB, 11s: 900MB, 50s: 20MB } }, expect: { unload: fail }',
    ],
    ['has measurements', 'measured: { startup: { p50: 3s } }, expect: { startup: fail }'],
    [
      'has a baseline',
      'measured: { http.latency: { p95: 105ms } }, baseline: { http.latency: { p95: 100ms } }, expect: { slower: pass }',
    ],
    [
      'has measurements that are not exact',
      'measured: { http.latency: { p95: { value: 120ms, low: 115ms, high: 125ms } } }, baseline: { http.latency: { p95: 100ms } }, expect: { slower: fail }',
    ],
    [
      'has wakes',
      'wakes: [{ every: 5s, call: nanosleep }], expect: { wakes: { verdict: fail, reason: every 5 } }',
    ],
    [
      'has gaps',
      'gaps: [{ from: 10s, to: 40s }], expect: { calls: { verdict: inconclusive, reason: looked at }, cpu: inconclusive }',
    ],
    [
      'has a collector that failed for a while',
      'gaps: [{ from: 10s, to: 40s, collector: memory }], expect: { memory: inconclusive, calls: pass }',
    ],
    [
      'has a collector that is not there',
      'collectors: { memory: unavailable, trace: { lost: 3 } }, expect: { memory: inconclusive }',
    ],
    ['may be disturbed', 'disturbed: [{ from: 10s, to: 20s, kind: frozen }], verdict: inconclusive'],
    ['may be too short', 'duration: 5s, expect: { calls: inconclusive }'],
    ['may not have calmed down', 'settled: false, expect: { calls: inconclusive }'],
    [
      'is sampled where there is no trace',
      'collectors: { trace: unavailable }, metrics: { cpu.percent: 0.2 }, noise: true, expect: { calls: inconclusive }',
    ],
    [
      'accepts that',
      'acceptSampled: 1s, collectors: { trace: unavailable }, metrics: { cpu.percent: 0.2 }, noise: true, expect: { calls: pass }',
    ],
    [
      'has a stop',
      'stop: 3s, activities: [{ at: 62s, activity: process, op: outlived-parent }], expect: { orphans: fail }',
    ],
    [
      'has several targets',
      `targets: [app, db], activities: [{ at: 9s, target: db, ${CALL} }], expect: { of-db: fail, calls: [{ target: app, verdict: pass }, { target: db, verdict: fail }] }`,
    ],
  ])('%s', (_, text) => {
    expect(differ(text)).toEqual([]);
  });

  it('tells every way in which it differs', () => {
    const found = differ(
      `activities: [{ at: 10s, ${CALL} }], verdict: pass, expect: { calls: { verdict: fail, findings: 2 }, beat: fail, cpu: { verdict: pass, reason: slow }, of-db: { verdict: pass, target: dc } }`,
    );
    expect(found).toEqual([
      expect.stringMatching(/^the window: fail; FAIL/),
      expect.stringMatching(/^ours\/calls \(app\): 1; /),
      expect.stringMatching(/^ours\/beat \(app\): pass/),
      expect.stringMatching(/^ours\/cpu \(app\): pass/),
      'of-db (dc): not judged; ',
    ]);
  });

  it('gives the same proof each time', () => {
    const text = `activities: [{ every: 7s, jitter: 300ms, ${CALL} }], metrics: { cpu.percent: { from: 0.1, to: 2 } }, verdict: fail`;
    expect(differ(text)).toEqual([]);
    expect(differ(`${text}, expect: { beat: inconclusive }`)).toEqual(
      differ(`${text}, expect: { beat: inconclusive }`),
    );
  });
});

describe('loadExamples', () => {
  it.each([
    ['no expectation', 'duration: 60s', 'expects nothing'],
    [
      'an unknown key',
      'expct: { calls: pass }, verdict: pass',
      '«expct» is not a key here; did you mean expect?',
    ],
    ['an unknown rule', 'expect: { cals: pass }', '«cals» is not a rule of the packs; did you mean calls?'],
    ['a verdict that is none', 'expect: { calls: passed }', 'ours.test.yaml:1:'],
    [
      'a field of another activity',
      'activities: [{ at: 1s, activity: event, path: /x }], verdict: pass',
      '«path» is not a field of event',
    ],
    [
      'a value that a field never has',
      'activities: [{ at: 1s, activity: network, op: conect }], verdict: pass',
      '«conect» is not a value of op; did you mean connect?',
    ],
    [
      'a wrong address',
      'activities: [{ at: 1s, activity: network, remote.ip: localhost }], verdict: pass',
      'remote.ip is an address',
    ],
    [
      'a text for a number',
      'activities: [{ at: 1s, activity: network, remote.port: "443" }], verdict: pass',
      'remote.port is a number',
    ],
    [
      'a time that is none',
      'activities: [{ at: 10, activity: event }], verdict: pass',
      '«10» lacks a unit; did you mean 10s?',
    ],
    [
      'neither time nor beat',
      'activities: [{ activity: event }], verdict: pass',
      'when? It needs `at`, or `every`',
    ],
    [
      'an activity after the close',
      `activities: [{ at: 61s, ${CALL} }], expect: { calls: pass }`,
      '1:44: 61s is after the end of the example, which is 60 s long',
    ],
    [
      'an activity after the end of the stop',
      `stop: 5s, activities: [{ at: 66s, activity: process, op: spawn }], verdict: pass`,
      '66s is after the end of the example, which is 65 s long',
    ],
    [
      'an activity at the very opening, which no window holds',
      `activities: [{ at: 0s, ${CALL} }], expect: { calls: pass }`,
      '0s is the opening itself',
    ],
    [
      'beats that go on after the close',
      `duration: 30s, activities: [{ every: 5s, until: 40s, ${CALL} }], verdict: pass`,
      '40s is after the end of the example, which is 30 s long',
    ],
    ['a wake after the close', 'wakes: [{ at: 2m }], verdict: pass', '2m is after the end of the example'],
    [
      'a gap after the close',
      'gaps: [{ from: 70s, to: 80s }], verdict: pass',
      '70s is after the end of the example',
    ],
    [
      'what never happens',
      'activities: [{ every: 3m, activity: event }], verdict: pass',
      'happens never in this window',
    ],
    [
      'what happens too often',
      'duration: 1h, activities: [{ every: 1ms, activity: event }], verdict: pass',
      'at most',
    ],
    [
      'an unknown metric',
      'metrics: { cpu.percnt: 1 }, verdict: pass',
      '«cpu.percnt» is not a metric; did you mean cpu.percent?',
    ],
    [
      'a metric that follows from activities',
      'metrics: { network.connections: 1 }, verdict: pass',
      'follows from the activities',
    ],
    ['a unit of something else', 'metrics: { memory.pss: 5s }, verdict: pass', '«s» is not a unit of bytes'],
    [
      'a unit within a map',
      'metrics: { memory.pss: { 0s: 5MB, 3s: 5m } }, verdict: pass',
      '«m» is not a unit of bytes',
    ],
    [
      'an amount that grows evenly',
      'metrics: { io.writtenBytes: { from: 1MB, to: 2MB } }, verdict: pass',
      'is an amount',
    ],
    [
      'an unknown measurement',
      'measured: { startp: { p50: 1s } }, verdict: pass',
      '«startp» is not a measurement; did you mean startup?',
    ],
    ['an unknown statistic', 'measured: { size.raw: { p50: 1kB } }, verdict: pass', 'size.raw has no p50'],
    [
      'a target that is none',
      'activities: [{ at: 1s, activity: event, target: ap }], verdict: pass',
      '«ap» is not a target of this example; did you mean app?',
    ],
    ['a gap that ends before it begins', 'gaps: [{ from: 9s, to: 5s }], verdict: pass', 'before it begins'],
    [
      'evidence with something told',
      'evidence: x.db, duration: 5s, verdict: pass',
      '«duration» is not a key here',
    ],
  ])('refuses %s, with its place', (_, text, words) => {
    const path = write('ours.test.yaml', `examples: [{ name: one, ${text} }]`);
    expect(() => loadExamples(path, { packsFolder })).toThrow(InvalidDocument);
    expect(() => loadExamples(path, { packsFolder })).toThrow(words);
    expect(() => loadExamples(path, { packsFolder })).toThrow(/ours\.test\.yaml:1:\d+: /);
  });

  it('takes packs by name, with parameters', () => {
    const path = write(
      'memory.test.yaml',
      'rules: ["idle-budget:memory=50MB", ./ours.yaml]\nexamples: [{ name: a, metrics: { memory.pss: 60MB }, expect: { idle-memory: fail, memory: fail } }]',
    );
    const { packs, ...read } = loadExamples(path, { packsFolder });
    expect(packs.map(({ pack }) => pack)).toEqual(['idle-budget', 'ours']);
    expect(testRules({ packs, ...read }, '0.0.0')).toMatchObject([{ differences: [] }]);
  });

  it.each([
    ['no examples', 'examples: []'],
    ['nothing', ''],
    ['something else', '[1, 2]'],
    ['no YAML', 'examples: [{'],
  ])('refuses %s', (_, text) => {
    expect(() => loadExamples(write('ours.test.yaml', text), { packsFolder })).toThrow(InvalidDocument);
  });
});
