import type { CollectorSet } from '../model/collector.ts';
import type { RunInfo } from '../model/evidence.ts';
import { describeHost } from './host.ts';

export interface RunInfoParts {
  toolVersion: string;
  command: string;
  tickMs: number;
  collectors: CollectorSet;
  isPhaseGate?: true;
}

/** What a run says of itself when it begins. */
export function runInfoOf(
  { toolVersion, command, tickMs, collectors, isPhaseGate }: RunInfoParts,
  startedAtMs: number,
): RunInfo {
  const at = new Date(startedAtMs);
  return {
    id: at.toISOString(),
    toolVersion,
    nodeVersion: process.versions.node,
    host: describeHost(at),
    command,
    startedAtMs,
    tickMs,
    ...(collectors === 'portable' ? { collectors } : {}),
    ...(isPhaseGate === true ? { isPhaseGate } : {}),
  };
}
