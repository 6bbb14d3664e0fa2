import type { CompareOptions } from '../core/compare/compare.ts';
import type { ScheduledMeasurement } from '../core/measure/probe-spec.ts';
import type { JudgeOptions } from '../core/rules/evaluate.ts';
import type { Cause, RulePack } from '../core/rules/pack.ts';
import type { SinkConfig } from '../model/alert.ts';
import type { CollectorSet } from '../model/collector.ts';
import type { TargetSpec } from '../model/target.ts';
import type { WindowSpec } from '../model/window-spec.ts';
import type { Signer } from '../model/attestation.ts';
import type { ProofFormat } from '../model/proof-format.ts';

/** What a configuration asks of the daemon. */
export interface DaemonPlan {
  configPath: string;
  /** The state folder that it names; null: the usual place. */
  stateFolder: string | null;
  /** SHA-256 of the configuration's bytes, in hex. */
  configSha256: string;
  /** The files that it was made from: it is made again when one of them changes. */
  sources: readonly string[];
  targets: readonly TargetSpec[];
  tickMs: number;
  collectors: CollectorSet;
  windows: readonly WindowSpec[];
  /** What counts as somebody using the app. */
  user: readonly Cause[];
  packs: readonly RulePack[];
  measurements: readonly ScheduledMeasurement[];
  judging: JudgeOptions;
  lookBackMs: number;
  /** `cron`: when a summary is written, in the time of the host; null: only at the end. */
  reports: { dir: string; formats: readonly ProofFormat[]; cron: string | null };
  /** null: nothing is to be signed. */
  signer: Signer | null;
  compareWith: CompareOptions['compareWith'];
  /** `key` tells each from the others wherever it stands. */
  alerts: readonly { key: string; sink: SinkConfig }[];
  /** Loopback address for Prometheus; null: nobody asks. */
  metricsAddress: string | null;
  retention: { maxAgeMs: number | null; maxBytes: number | null };
}

/** Whether collectors or windows have to begin anew for another plan. Rules are taken as they are when a window is judged. */
export function needsNewWatch(before: DaemonPlan, after: DaemonPlan): boolean {
  const watched = ({ targets, tickMs, collectors, windows, user, lookBackMs }: DaemonPlan): string =>
    JSON.stringify({ targets, tickMs, collectors, windows, user, lookBackMs });
  return watched(before) !== watched(after);
}
