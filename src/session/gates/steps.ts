import { judgeMeasured } from '../../core/measure/gates/measured.ts';
import { isUnloaded, judgeUnload } from '../../core/measure/gates/unload.ts';
import type { Gate, GateStep } from '../../core/measure/gates/gate.ts';
import type { ExpectedMeasure } from '../../core/measure/expect.ts';
import type { HttpSpec, ProbeSpec, StartupSpec } from '../../core/measure/probe-spec.ts';
import { IdleproofError } from '../../errors.ts';
import type { GateResult } from '../../model/gate-sheet.ts';
import { USING_KINDS } from '../../model/measure-document.ts';
import type { Measurement } from '../../model/measurement.ts';
import { usingProbe } from '../measure/probe-of.ts';
import type { RunStep, StepContext } from '../plan.ts';
import type { MemoryWatch } from './memory.ts';

interface Scene {
  target: string;
  memory: MemoryWatch;
  /** Takes the row of a gate that is over. */
  told: (result: GateResult) => void;
}

type Wait = Extract<GateStep, { by: 'wait' }>;

/** What a gate does with the running app; null: it does nothing with it. */
export function stepOf({ gate, step }: Gate, scene: Scene): RunStep | null {
  if (step.by === 'wait') return (context) => awaitUnload(gate, step, scene, context);
  if (step.by === 'http') {
    const { requests, ...load } = step.load;
    const spec: HttpSpec = { kind: 'http', ...load, amount: { requests } };
    return (context) => measureIn(gate, { spec, expect: step.expect }, scene, context);
  }
  if (step.by !== 'measurement' || step.probe.kind === 'startup') return null;
  const { probe: spec, expect } = step;
  return (context) => measureIn(gate, { spec, expect }, scene, context);
}

/** An app that answers with errors was not used, unless somebody expects some. */
const NO_ERRORS: ExpectedMeasure = {
  text: 'errors <= 0%',
  measurement: 'http.errors',
  statistic: 'value',
  expectation: { operator: '<=', limit: 0 },
};

interface Measuring {
  spec: Exclude<ProbeSpec, StartupSpec>;
  expect: readonly ExpectedMeasure[];
}

/** What is asked, and what makes sense of the answers. */
function expectedOf({ spec, expect }: Measuring): readonly ExpectedMeasure[] {
  const saysErrors = expect.some(({ measurement }) => measurement === NO_ERRORS.measurement);
  return spec.kind !== 'http' || saysErrors ? expect : [...expect, NO_ERRORS];
}

/** The run itself looks at the app meanwhile. */
const noServer = (): never => {
  throw new Error('the server of a gate is not sampled');
};

const nothing = (): void => {};

/** The app was asked, and did not answer as it should. */
const UNANSWERED: ReadonlySet<string> = new Set(['MEASURE_NO_ANSWER', 'MEASURE_ANSWER']);

async function measureIn(
  gate: string,
  measuring: Measuring,
  { target, memory, told }: Scene,
  context: StepContext,
): Promise<void> {
  const { spec } = measuring;
  const { commands, signal } = context;
  const expect = expectedOf(measuring);
  const look = (): void => {
    if (USING_KINDS.has(spec.kind)) memory.inUse(commands);
  };
  if (USING_KINDS.has(spec.kind)) memory.before(commands);
  try {
    const probe = await usingProbe(spec, { server: null, id: gate });
    const parts = { signal, announce: nothing, sample: noServer, note: nothing, onProgress: nothing };
    const { measurements: found } = await context.lookWhile('using', probe(parts), look);
    look();
    const atMs = context.nowMs();
    const measurements = found.map((one): Measurement => ({ ...one, target, atMs }));
    for (const one of measurements) context.measured(one);
    told({ gate, target, ...judgeMeasured(expect, measurements) });
  } catch (error) {
    if (!(error instanceof IdleproofError)) throw error;
    const expected = expect.map(({ text }) => text).join(', ');
    const [measured, verdict] = UNANSWERED.has(error.code)
      ? (['0 answers', 'fail'] as const)
      : (['not measured', 'inconclusive'] as const);
    told({ gate, target, expected, measured, verdict, reason: error.message });
  }
}

async function awaitUnload(gate: string, step: Wait, scene: Scene, context: StepContext): Promise<void> {
  const { target, memory, told } = scene;
  const fromMs = context.nowMs();
  const isDone = (): boolean => {
    memory.after(context.commands);
    return isUnloaded(memory.states, step.memory) === true;
  };
  if (!isDone()) await context.lookUntil('waiting', step.limitMs, isDone);
  isDone();
  told({ gate, target, ...judgeUnload(memory.states, step.memory, context.nowMs() - fromMs) });
}
