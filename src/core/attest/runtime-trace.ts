import type { ResourceDescriptor } from '../../model/attestation.ts';
import type { Activity, NetworkActivity } from '../../model/activity.ts';
import type { Evidence, Window } from '../../model/evidence.ts';
import type { Proof } from '../../model/proof.ts';
import { escapeControls } from '../parse/escape-controls.ts';

/** Of each kind; what is left out is counted. */
const MAX_ENTRIES = 1_000;

/**
 * Predicate runtime-trace v0.1 of the idle window. An empty list says nothing by itself, so that how it was known goes with it: counts,
 * tiers, the window and its gaps.
 */
export function runtimeTrace(
  proof: Proof,
  evidence: Evidence,
  document: ResourceDescriptor,
): Record<string, unknown> {
  const idle = evidence.windows.find(({ kind }) => kind === 'idle');
  const names = new Set(evidence.targets.map(({ name }) => name));
  const seen = evidence.activities.filter(
    ({ atMs, target }) => idle !== undefined && names.has(target) && atMs >= idle.fromMs && atMs <= idle.toMs,
  );
  const ofKind = <K extends Activity['kind']>(kind: K): Extract<Activity, { kind: K }>[] =>
    seen.filter((activity): activity is Extract<Activity, { kind: K }> => activity.kind === kind);
  const [processes, network, files] = [ofKind('process'), ofKind('network'), ofKind('file')];
  const processOf = processNames(evidence);
  const { tool, host, window, coverage, rulesDigest } = proof;
  return {
    monitor: {
      type: `pkg:npm/${tool.name}@${tool.version}`,
      configSource: { name: 'rules', digest: { sha256: rulesDigest } },
      tracePolicy: {
        tickMs: evidence.run.tickMs,
        collectors: coverage.collectors.map(({ name, target, tier, status, reason, lost }) => ({
          name,
          target,
          tier,
          status,
          reason,
          lost,
        })),
      },
    },
    monitoredProcess: {
      hostID: `dns:${encodeURIComponent(escapeControls(host.name))}`,
      type: `pkg:npm/${tool.name}#window`,
      event: `${window.id} ${window.opened.utc}`,
    },
    monitorLog: {
      process: processes.slice(0, MAX_ENTRIES).map((one) => ({
        eventType: one.op,
        processBinary: one.exe,
        at: utc(one.atMs),
        target: one.target,
        parent: one.parentName,
        exitCode: one.exitCode,
        ...processOf(one.processId),
      })),
      network: network.slice(0, MAX_ENTRIES).map((one) => ({
        ...remoteOf(one),
        protocol: one.protocol,
        invokingProcess: processOf(one.processId),
        op: one.op,
        direction: one.direction,
        at: utc(one.atMs),
        target: one.target,
        bytesSent: one.bytesSent,
        bytesReceived: one.bytesReceived,
        lifetimeSeconds: one.lifetimeSeconds,
      })),
      fileAccess: files.slice(0, MAX_ENTRIES).map(({ path, op, atMs, target }) => ({
        name: path,
        annotations: { op, at: utc(atMs), target },
      })),
    },
    metadata: {
      buildStartedOn: window.opened.utc,
      buildFinishedOn: window.closed.utc,
      proof: document,
      window,
      ticks: coverage.ticks,
      coveredShare: coverage.share,
      excludes: coverage.excludes,
      notWatched: proof.notWatched,
      controls: proof.controls,
      gaps: gapsOf(evidence, idle),
      counts: {
        process: processes.length,
        network: network.length,
        fileAccess: files.length,
        listedAtMost: MAX_ENTRIES,
      },
    },
  };
}

const utc = (ms: number): string => new Date(Math.floor(ms)).toISOString();

function remoteOf({ remote }: NetworkActivity): Record<string, unknown> {
  if (remote === null) return {};
  return { ip: remote.ip, ...(remote.port === null ? {} : { port: remote.port }) };
}

function processNames({ processes }: Evidence): (id: number | null) => Record<string, unknown> {
  const byId = new Map(processes.map(({ id, pid, name }) => [id, { pid, comm: name }]));
  return (id) => (id === null ? {} : (byId.get(id) ?? {}));
}

function gapsOf({ gaps }: Evidence, window: Window | undefined): Record<string, unknown>[] {
  if (window === undefined) return [];
  return gaps
    .filter((gap) => gap.fromMs < window.toMs && gap.toMs > window.fromMs)
    .slice(0, MAX_ENTRIES)
    .map(({ collector, target, reason, fromMs, toMs }) => ({
      collector,
      target,
      reason,
      from: utc(fromMs),
      to: utc(toMs),
    }));
}
