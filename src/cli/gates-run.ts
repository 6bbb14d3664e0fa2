import { judgeMeasured } from '../core/measure/gates/measured.ts';
import { judgeRule, judgeWindow, worst } from '../core/measure/gates/watched.ts';
import type { ExpectedMeasure } from '../core/measure/expect.ts';
import type { Gate } from '../core/measure/gates/gate.ts';
import type { StartupSpec } from '../core/measure/probe-spec.ts';
import { announceMeasurement } from '../daemon/measurement-lock.ts';
import type { GateResult, GateSheet } from '../model/gate-sheet.ts';
import type { Measurement } from '../model/measurement.ts';
import type { Proof } from '../model/proof.ts';
import { MemoryWatch } from '../session/gates/memory.ts';
import { writeGateSheet } from '../session/gates/sheet-files.ts';
import { stepOf } from '../session/gates/steps.ts';
import { measure } from '../session/measure/measure.ts';
import { probeOf } from '../session/measure/probe-of.ts';
import type { CheckHooks, RunStep } from '../session/plan.ts';
import { checkAndProve } from './check-run.ts';
import type { GatesRequest } from './gates-plan.ts';
import { PROOF_FILE } from '../model/file-names.ts';

/** Runs all gates in their order. */
export async function runGates(
  request: GatesRequest,
  hooks: CheckHooks,
): Promise<{ sheet: GateSheet; files: string[] }> {
  const startedAt = new Date().toISOString();
  const { gates, check, app } = request;
  const rows = new Map<string, GateResult>();
  const memory = new MemoryWatch();
  const told = (index: number) => (row: GateResult) => rows.set(String(index), row);
  const files: string[] = [];
  const started: Measurement[] = [];
  for (const [index, one] of gates.entries()) {
    const { step } = one;
    if (step.by !== 'measurement' || step.probe.kind !== 'startup' || hooks.signal.aborted) continue;
    const measured = await measureStartup(one, { ...step, probe: step.probe }, request, hooks);
    told(index)(measured.row);
    files.push(...measured.files);
    started.push(...measured.measurements);
  }
  hooks.signal.throwIfAborted();
  const steps = gates.flatMap((one, index) => {
    const step = stepOf(one, { target: app.name, memory, told: told(index) });
    return step === null ? [] : [step];
  });
  // All that was measured is in the evidence of the run, where rules find it.
  const record: RunStep = async ({ measured }) => started.forEach(measured);
  const outcome = await checkAndProve({ ...check, steps: [record, ...steps] }, hooks);
  const { proof, folder } = outcome;
  for (const [index, one] of gates.entries()) {
    const row = rows.get(String(index)) ?? judged(one, request, proof);
    rows.set(String(index), row);
  }
  const results = gates.map((_, index) => rows.get(String(index))).filter((row) => row !== undefined);
  const sheet: GateSheet = {
    schemaVersion: 1,
    // What no gate is about, such as a rule that failed in the stop, counts too.
    verdict: worst([...results.map(({ verdict }) => verdict), proof.verdict]),
    startedAt,
    tool: { name: 'idleproof', version: check.toolVersion },
    command: check.command,
    gates: results,
    memory: memory.states,
    proof: { file: PROOF_FILE, verdict: proof.verdict, headline: proof.headline },
  };
  return { sheet, files: [...files, ...writeGateSheet(folder, sheet), ...outcome.files] };
}

/** The row of a gate that the window's proof answers; of one that was not come to nothing is known. */
function judged({ gate, step }: Gate, { gates, app }: GatesRequest, proof: Proof): GateResult {
  const { name: target } = app;
  const others = new Set(gates.flatMap((one) => (one.step.by === 'rule' ? [one.step.rule] : [])));
  if (step.by === 'window') return { gate, target, ...judgeWindow(proof, others) };
  if (step.by === 'rule') return { gate, target, ...judgeRule(proof, step.rule) };
  return {
    gate,
    target,
    expected: '',
    measured: 'not measured',
    verdict: 'inconclusive',
    reason: 'it was interrupted',
  };
}

async function measureStartup(
  { gate }: Gate,
  { probe, expect }: { probe: StartupSpec; expect: readonly ExpectedMeasure[] },
  { app, check }: GatesRequest,
  { signal }: CheckHooks,
): Promise<{ row: GateResult; measurements: readonly Measurement[]; files: string[] }> {
  const { out, stateFolders, command, toolVersion } = check;
  const plan = { kind: 'startup', target: app.name, selector: app.select, id: null, expect } as const;
  const { document, files } = await measure(
    { ...plan, baseline: null, out, stateFolders, command, toolVersion },
    await probeOf(probe, { server: null, id: null }),
    {
      signal,
      onProgress: null,
      announce: (what, processes) => announceMeasurement(stateFolders, what, processes),
    },
  );
  const { measurements } = document;
  return { row: { gate, target: app.name, ...judgeMeasured(expect, measurements) }, measurements, files };
}
