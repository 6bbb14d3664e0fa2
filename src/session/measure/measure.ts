import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { evidenceOf } from '../../core/measure/baseline/evidence.ts';
import { judgeExpected } from '../../core/measure/expect.ts';
import { IdleproofError } from '../../errors.ts';
import { EvidenceStore } from '../../evidence/store.ts';
import type { RunInfo, Window } from '../../model/evidence.ts';
import type { MeasuredRun, MeasureDocument } from '../../model/measure-document.ts';
import type { Measurement, MeasurementBaseline } from '../../model/measurement.ts';
import type { ProcessKey } from '../../model/process.ts';
import type { TargetReport } from '../../model/target.ts';
import { systemClock } from '../../os/clock.ts';
import { renderJson } from '../../render/json.ts';
import { runInfoOf } from '../run-info.ts';
import { Recorder } from '../recorder.ts';
import { dropRunFolder, makeRunFolder } from '../proofs/run-folder.ts';
import { measureSelf } from '../self-usage.ts';
import type { MeasureHooks, MeasurePlan, Probe, Probed } from './plan.ts';
import { SAMPLE_TICK_MS, type Sampling, startSampling } from './sampling.ts';
import { EVIDENCE_FILE } from '../../model/file-names.ts';

export interface Measured {
  document: MeasureDocument;
  folder: string;
  files: string[];
}

/** Announces to daemons which processes are measured; returns how to say that it is over. */
export type Announce = (command: string, processes: readonly ProcessKey[]) => () => void;

/**
 * Runs a probe and leaves in a new folder what it found: the evidence, in a window of its own that no rule about idleness is judged
 * over, and the same with all details as JSON. A probe that throws leaves nothing but what its command has said.
 */
export async function measure(
  plan: MeasurePlan,
  probe: Probe,
  hooks: MeasureHooks & { announce: Announce },
): Promise<Measured> {
  const clock = systemClock();
  const startedAtMs = clock.nowMs();
  const folder = makeRunFolder(plan.out, new Date(startedAtMs), [plan.target]);
  let release: (() => void) | null = null;
  try {
    const store = EvidenceStore.create(join(folder, EVIDENCE_FILE));
    const recorder = new Recorder(store);
    const usage = measureSelf();
    const notes: string[] = [];
    const { toolVersion, command } = plan;
    const told = { toolVersion, command, tickMs: SAMPLE_TICK_MS, collectors: 'native' } as const;
    const run = runInfoOf(told, startedAtMs);
    recorder.document('run', run);
    let sampling: Sampling | null = null;
    let probed: Probed;
    try {
      probed = await probe({
        clock,
        folder,
        signal: hooks.signal,
        onProgress: (done, all) => hooks.onProgress?.(done, all),
        announce: (processes) => {
          release?.();
          release = hooks.announce(`idleproof measure ${plan.kind}`, processes);
        },
        sample: (spec) => {
          sampling ??= startSampling(spec, { clock, recorder });
          return sampling;
        },
        note: (text) => notes.push(text),
      });
      const toMs = clock.nowMs();
      const measurements: Measurement[] = probed.measurements.map((found) => ({
        ...found,
        target: plan.target,
        atMs: toMs,
      }));
      const known = (sampling as Sampling | null)?.stop() ?? { collectors: [], targets: [reportOf(plan)] };
      for (const one of measurements) recorder.document('measurement', one);
      const measured = measuredRun(plan, run, { ...probed, measurements });
      for (const one of baselinesFor(plan, measured)) recorder.document('baseline', one);
      for (const target of known.targets) recorder.document('target', { ...target, name: plan.target });
      for (const report of known.collectors) recorder.document('collector', report);
      for (const note of notes) recorder.document('note', note);
      recorder.document('window', windowOf(startedAtMs, toMs, hooks.signal.aborted));
      recorder.document('self', usage(0));
      recorder.finish(toMs);
      const document: MeasureDocument = {
        schemaVersion: 1,
        ...measured,
        expectations: plan.expect.map((one) => judgeExpected(one, measurements)),
        targetUsage: (sampling as Sampling | null)?.usage() ?? null,
        facts: probed.facts,
        notes,
      };
      return { document, folder, files: [writeDocument(folder, document), store.path] };
    } finally {
      store.close();
    }
  } catch (error) {
    dropUnlessSaid(folder);
    throw error;
  } finally {
    (release as (() => void) | null)?.();
  }
}

/** Looks at a target once a second for as long as something is done with it, and in full before and after. */
export async function whileSampling<T>(sampling: Sampling | null, work: () => Promise<T>): Promise<T> {
  if (sampling === null) return work();
  sampling.look(true);
  const timer = setInterval(() => sampling.look(false), SAMPLE_TICK_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    sampling.look(true);
  }
}

function measuredRun(
  plan: MeasurePlan,
  { startedAtMs, host }: RunInfo,
  found: Omit<Probed, 'measurements'> & { measurements: Measurement[] },
): MeasuredRun {
  return {
    kind: plan.kind,
    timestamp: new Date(startedAtMs).toISOString(),
    tool: { name: 'idleproof', version: plan.toolVersion, node: process.versions.node },
    host,
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    command: plan.command,
    target: plan.target,
    conditions: found.conditions ?? {},
    versions: found.versions ?? {},
    measurements: found.measurements,
  };
}

const baselinesFor = ({ baseline }: MeasurePlan, measured: MeasuredRun): MeasurementBaseline[] =>
  baseline === null ? [] : evidenceOf(baseline.name, baseline.runs, measured);

const windowOf = (fromMs: number, toMs: number, isAborted: boolean): Window => ({
  id: 'measure',
  kind: 'measure',
  trigger: 'measure',
  fromMs,
  toMs,
  requestedMs: 0,
  settleMs: 0,
  closedBy: isAborted ? 'interrupted' : 'duration',
});

const reportOf = ({ target, selector }: MeasurePlan): TargetReport => ({
  name: target,
  selector,
  events: null,
  orphans: [],
  notes: [],
});

/** `YYYY-MM-DD_HHMM_results.json`, with the time of the folder. */
function writeDocument(folder: string, document: MeasureDocument): string {
  const stamp = /^\d{4}-\d\d-\d\d_\d{4}/.exec(basename(folder))?.[0] ?? '';
  const path = join(folder, `${stamp}_results.json`);
  try {
    writeFileSync(path, renderJson(document), { flag: 'wx' });
  } catch (error) {
    throw new IdleproofError('MEASURE_WRITE', { path, problem: (error as Error).message }, error);
  }
  return path;
}

function dropUnlessSaid(folder: string): void {
  const said = readdirSync(folder).filter(
    (name) => name.endsWith('.log') && statSync(join(folder, name)).size > 0,
  );
  if (said.length === 0) dropRunFolder(folder);
}
