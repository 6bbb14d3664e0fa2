import { escapeControls } from '../../core/parse/escape-controls.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { ProofMaterial } from '../../model/proof-format.ts';
import type { WatchedProcess } from '../../model/process.ts';
import { bounded } from '../bounded.ts';
import { drawActivity } from './activity.ts';
import { drawCounters } from './counters.ts';
import type { TraceEvent } from './events.ts';
import { drawRequests } from './requests.ts';
import { TraceProcess } from './tracks.ts';

/** Larger than any pid (PID_MAX_LIMIT is 2^22), so that what is no process of the host does not look like one. */
const NO_PROCESS = 2 ** 22 + 1;

const MAX_PROCESSES = 2_000;
const MAX_ACTIVITIES = 100_000;
const LONGEST = 2_000;

/**
 * The run as Chrome trace events (JSON object form), which Perfetto opens: windows, gaps and findings, then each target with its metrics as counters, then its processes
 * with their lives, connections and whatever else they did. All times are epoch microseconds of the run's clock.
 */
export function renderTrace({ proof, evidence }: ProofMaterial): string {
  const traceEvents: TraceEvent[] = [];
  const activities = evidence.activities.slice(0, MAX_ACTIVITIES);
  const processes = evidence.processes.slice(0, MAX_PROCESSES);
  drawRun(traceEvents, { proof, evidence });
  const byTarget = drawTargets(traceEvents, evidence);
  const byProcess = drawProcesses(traceEvents, evidence, processes);
  for (const activity of activities.toSorted((a, b) => a.atMs - b.atMs)) {
    const of = activity.processId === null ? undefined : byProcess.get(activity.processId);
    const drawn = of ?? byTarget.get(activity.target);
    if (drawn !== undefined) drawActivity(drawn, activity, evidence.run.tickMs);
  }
  const otherData = {
    tool: `idleproof ${proof.tool.version}`,
    verdict: proof.verdict,
    headline: bounded(escapeControls(proof.headline), LONGEST),
    window: proof.window.id,
    opened: proof.window.opened.utc,
    closed: proof.window.closed.utc,
    chainHead: proof.evidence.chainHead,
    rulesDigest: proof.rulesDigest,
    command: bounded(escapeControls(proof.command), LONGEST),
    activitiesLeftOut: evidence.activities.length - activities.length,
    processesLeftOut: evidence.processes.length - processes.length,
  };
  const lines = traceEvents.map((event) => JSON.stringify(event)).join(',\n');
  return `{"displayTimeUnit":"ms","otherData":${JSON.stringify(otherData)},"traceEvents":[\n${lines}\n]}\n`;
}

function drawRun(events: TraceEvent[], { proof, evidence }: ProofMaterial): void {
  const run = new TraceProcess(events, NO_PROCESS, 'idleproof', 0);
  for (const { id, kind, trigger, closedBy, settleMs, fromMs, toMs } of evidence.windows) {
    if (settleMs > 0) {
      const args = { window: id };
      run.slice('windows', {
        name: 'settle',
        category: 'window',
        fromMs: fromMs - settleMs,
        toMs: fromMs,
        args,
      });
    }
    const args = { kind, trigger, closedBy, ...(kind === 'idle' ? { verdict: proof.verdict } : {}) };
    run.slice('windows', { name: `window ${id}`, category: 'window', fromMs, toMs, args });
  }
  for (const { collector, target, reason, fromMs, toMs } of evidence.gaps) {
    run.slice('gaps', {
      name: `no evidence: ${collector}`,
      category: 'gap',
      fromMs,
      toMs,
      args: { target, reason },
    });
  }
  for (const { kind, target, detail, fromMs, toMs } of evidence.disturbances) {
    const args = { target, detail };
    run.slice('gaps', { name: `${target} ${kind}`, category: 'disturbance', fromMs, toMs, args });
  }
  for (const { ruleId, target, text, count, firstAt, lastAt } of proof.findings) {
    if (firstAt === null || lastAt === null) continue;
    const [fromMs, toMs] = [Date.parse(firstAt.utc), Date.parse(lastAt.utc)];
    const args = { target, count, text };
    run.slice('findings', { name: ruleId, category: 'finding', fromMs, toMs, args });
  }
}

function drawTargets(events: TraceEvent[], evidence: Evidence): Map<string, TraceProcess> {
  return new Map(
    evidence.targets.map(({ name }, index) => {
      const drawn = new TraceProcess(events, NO_PROCESS + 1 + index, `target ${name}`, 1 + index);
      drawCounters(drawn, evidence, name);
      drawRequests(drawn, evidence, name);
      return [name, drawn];
    }),
  );
}

/** Processes by their number in the evidence. A pid that was used again is shown under a number that no process has. */
function drawProcesses(
  events: TraceEvent[],
  evidence: Evidence,
  processes: readonly WatchedProcess[],
): Map<number, TraceProcess> {
  const taken = new Set<number>();
  const firstFree = NO_PROCESS + 1 + evidence.targets.length;
  const endMs = Math.max(...evidence.windows.map(({ toMs }) => toMs));
  const exits = new Map(
    evidence.activities.flatMap((one) =>
      one.kind === 'process' && one.op === 'exit' && one.processId !== null
        ? [[one.processId, one.atMs]]
        : [],
    ),
  );
  return new Map(
    processes.map((process, index) => {
      const { id, pid, name, target, cmdline, exe, startedAtMs, parentPid } = process;
      const shownPid = taken.has(pid) ? firstFree + index : pid;
      taken.add(pid);
      const sortIndex = 1 + evidence.targets.length + index;
      const drawn = new TraceProcess(events, shownPid, `${name} (${target})`, sortIndex);
      const fromMs = Math.max(startedAtMs, evidence.run.startedAtMs);
      const args = { pid, parentPid, target, cmdline, exe, startedAt: new Date(startedAtMs).toISOString() };
      drawn.slice('life', { name, category: 'process', fromMs, toMs: exits.get(id) ?? endMs, args });
      return [id, drawn];
    }),
  );
}
