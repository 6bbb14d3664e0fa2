import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadRulePacks } from '../../../src/config/rule-packs.ts';
import { lookBackMs } from '../../../src/core/rules/look-back.ts';
import { readEvidence } from '../../../src/evidence/read.ts';
import { EvidenceStore } from '../../../src/evidence/store.ts';
import { verifyEvidence } from '../../../src/evidence/verify/verify.ts';
import type { Observations } from '../../../src/model/collector.ts';
import type { Proof } from '../../../src/model/proof.ts';
import type { WatchedProcess } from '../../../src/model/process.ts';
import type { ProcessMetrics } from '../../../src/model/sample.ts';
import { prove } from '../../../src/session/prove.ts';
import { type CollectorFailure, Recorder } from '../../../src/session/recorder.ts';
import { connect, runInfo, stretchOf, TARGET, watched, windowOf } from '../../support/evidence-rows.ts';

const PACKS = loadRulePacks(['no-background-agents', 'idle-budget', 'no-polling'], { packsFolder: 'rules' });
const OPTIONS = { strict: false, acceptSampledMs: null };
const START_MS = Date.UTC(2026, 10, 1);
const TICKS = 400;
const WINDOW = { from: 150, to: 290 };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-by-time-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Numbers in [0, 1), the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Records the same random life into several recorders. */
function live(
  seed: number,
  recorders: readonly Recorder[],
  onTick: (tick: number, nowMs: number) => void,
): void {
  const random = randomOf(seed);
  const restless = [0.3, 0.01, 0.001][Math.floor(random() * 3)] ?? 0;
  const [callsOut, fails, misses] = [
    random() < 0.5 ? 0.02 : 0,
    random() < 0.2 ? 0.01 : 0,
    random() < 0.2 ? 0.01 : 0,
  ];
  const forks = random() < 0.3 ? 0.01 : 0;
  const alive = new Map<number, WatchedProcess>([1, 2, 3].map((id) => [id, watched(id)]));
  const totals = new Map<number, ProcessMetrics>();
  const counters = { tasks: 5, opens: 7, planted: 0 };
  let nextId = 4;
  let previousMs: number | null = null;
  let failing = 0;
  for (let tick = 0; tick <= TICKS; tick += 1) {
    const isEdge = tick === WINDOW.from || tick === WINDOW.to;
    if (!isEdge && random() < misses) continue;
    const nowMs = START_MS + tick * 1000 + (isEdge ? 0 : Math.floor(random() * 20));
    const started: WatchedProcess[] = tick === 0 ? [...alive.values()] : [];
    if (tick > 0 && random() < forks) {
      started.push({ ...watched(nextId), startedAtMs: nowMs - 200, parentId: 1 });
      nextId += 1;
      counters.tasks += 1;
    }
    for (const process of started) alive.set(process.id, process);
    const ended = tick > 0 && alive.size > 2 && random() < forks ? [...alive.values()].slice(-1) : [];
    for (const { id } of ended) alive.delete(id);
    if (tick === WINDOW.from + 21) {
      counters.tasks += 1;
      counters.planted += 1;
      for (const recorder of recorders) plant(recorder, nowMs - 500);
    }
    const full = isEdge || tick === 0 || tick % 30 === 0;
    const moved = new Set([...alive.keys()].filter(() => random() < restless));
    const metrics = new Map<number, ProcessMetrics>();
    for (const id of alive.keys()) {
      const before = totals.get(id) ?? { cpuNs: 1_000, wakeups: 3, pssBytes: 4096 * id, reapedCpuNs: 0 };
      const ran = moved.has(id) ? 1 : 0;
      const now = {
        ...before,
        cpuNs: (before.cpuNs ?? 0) + ran * 2_000_000,
        wakeups: (before.wakeups ?? 0) + ran,
      };
      totals.set(id, now);
      if (full || ran === 1 || started.some((one) => one.id === id)) metrics.set(id, now);
    }
    const activities: Observations['activities'] = [
      ...(random() < callsOut ? [connect(nowMs - 1, [...alive.keys()][0] ?? null)] : []),
      ...started.slice(0, tick === 0 ? 0 : 1).map((process) => deed('spawn', nowMs, process)),
      ...ended.map((process) => deed('exit', nowMs, process)),
    ];
    counters.opens += activities.filter(({ kind }) => kind === 'network').length;
    if (failing === 0 && random() < fails) failing = Math.ceil(random() * 10);
    const failures: CollectorFailure[] =
      failing > 0 ? [{ collector: 'cpu', target: null, reason: 'denied' }] : [];
    failing = Math.max(0, failing - 1);
    const observed: Observations = {
      metrics,
      activities,
      counters: [
        { atMs: nowMs, scope: 'forks', values: { tasks: counters.tasks } },
        { atMs: nowMs, scope: 'network:1', values: countersOf(counters.opens, counters.planted) },
        {
          atMs: nowMs,
          scope: `sockets:${TARGET}`,
          values: { connects: 0, accepts: 0, closed: 0, listening: 0, sendsUnseen: 0 },
        },
      ],
    };
    const look = {
      nowMs,
      previousMs,
      full,
      processes: [...alive.values()],
      moved,
      started,
      ended: ended.map((process) => ({ process, exitCode: null })),
    };
    for (const recorder of recorders) recorder.look(look, [observed], failures);
    previousMs = nowMs;
    onTick(tick, nowMs);
  }
}

const countersOf = (opens: number, planted: number): Record<string, number> => ({
  tcpActiveOpens: opens + planted,
  tcpPassiveOpens: planted,
  tcpOutSegs: 0,
  udpOutDatagrams: planted,
  udpInDatagrams: planted,
  ipOutRequests: planted,
});

function plant(recorder: Recorder, atMs: number): void {
  for (const name of ['tcp', 'udp', 'process'] as const) {
    recorder.document('control', { name, atMs, port: 1, pid: null, networkScope: 'network:1' });
  }
}

const deed = (op: 'spawn' | 'exit', atMs: number, { id, name }: WatchedProcess) =>
  ({
    kind: 'process',
    op,
    atMs,
    target: TARGET,
    collector: 'processes',
    processId: id,
    thread: null,
    exe: name,
    parentName: null,
    exitCode: null,
  }) as const;

/** What must not depend on how much else the store holds. */
function essence(proof: Proof): unknown {
  const { evidence: _, targets, ...rest } = proof;
  const told = targets.map((target) => {
    const { processes: __, ...known } = target;
    return known;
  });
  return { ...rest, targets: told };
}

describe('a window that is read by time from a store of many', () => {
  it.each(Array.from({ length: 60 }, (_, index) => index + 1))(
    'gives the proof that the whole run would give (seed %i)',
    (seed) => {
      const whole = EvidenceStore.create(join(folder, 'whole.db'));
      const { store } = EvidenceStore.open(join(folder, 'many.db'));
      const [one, many] = [new Recorder(whole), new Recorder(store)] as const;
      const random = randomOf(seed * 7);
      const window = windowOf(START_MS + WINDOW.from * 1000, START_MS + WINDOW.to * 1000);
      const {
        fromMs: _,
        toMs: __,
        ...facts
      } = stretchOf(0, 0, {
        collectors: (['cpu', 'memory', 'wakeups', 'processes', 'sockets'] as const).map((name) => ({
          name,
          target: null,
          status: 'ok',
          tier: name === 'cpu' || name === 'wakeups' ? 'counter' : 'sampled',
          reason: null,
          lost: 0,
          cpuSeconds: 0,
        })),
      });
      let edgeMs = START_MS;
      for (const recorder of [one, many]) recorder.document('run', runInfo(START_MS));
      live(seed, [one, many], (tick, nowMs) => {
        if (tick === WINDOW.from || tick === WINDOW.to || tick === TICKS) {
          for (const recorder of [one, many]) recorder.finish(nowMs);
          const self = { ...facts.self, cpuSeconds: tick === WINDOW.to ? 1 : 5 };
          many.document('stretch', { ...facts, self, fromMs: edgeMs, toMs: nowMs });
          if (tick === WINDOW.to) for (const recorder of [one, many]) recorder.document('window', window);
          edgeMs = nowMs;
        }
        if (random() < 0.01) {
          many.finish(nowMs);
          one.finish(nowMs);
          store.rotate(nowMs);
        }
      });
      for (const report of facts.collectors) one.document('collector', report);
      for (const target of facts.targets) one.document('target', target);
      one.document('self', { ...facts.self, cpuSeconds: 1 });
      for (const recorder of [one, many]) recorder.finish(START_MS + (TICKS + 1) * 1000);
      const { id, fromMs, toMs } = window;
      const span = { id, fromMs, toMs, lookBackMs: lookBackMs(PACKS) };
      const expected = prove(readEvidence(whole.path), PACKS, OPTIONS).proof;
      const found = prove(readEvidence(store.path, span), PACKS, OPTIONS).proof;
      expect(essence(found)).toEqual(essence(expected));
      expect(verifyEvidence(store.path, [found.evidence.chainHead])).toMatchObject({
        problems: [],
        missingHeads: [],
      });
      // Nor does it need what came before the segments that it lies in and looks back to.
      store.rotate(START_MS + (TICKS + 1) * 1000);
      const cited = [{ fromMs: fromMs - span.lookBackMs, toMs }];
      store.retain(START_MS + 2 * TICKS * 1000, { maxAgeMs: 1, maxBytes: null, cited, dropsCited: false });
      const still = prove(readEvidence(store.path, span), PACKS, OPTIONS).proof;
      expect(essence(still)).toEqual(essence(expected));
      whole.close();
      store.close();
    },
  );
});
