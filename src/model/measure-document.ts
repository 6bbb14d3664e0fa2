import type { HostInfo } from './evidence.ts';
import type { Measurement } from './measurement.ts';

export type MeasureKind = 'startup' | 'ttft' | 'http' | 'size' | 'run' | 'page';

/** Measurements that use the app as its users do: by requests to what runs. */
export const USING_KINDS: ReadonlySet<MeasureKind> = new Set(['http', 'ttft', 'page']);

/** What the target used while it was measured. Null: it could not be read. */
export interface TargetUsage {
  /** Over the whole measurement, of the whole tree, with children that were waited for. */
  cpuSeconds: number | null;
  /** Of one core. */
  cpuPercent: number | null;
  rssBytesMax: number | null;
  pssBytesBefore: number | null;
  pssBytesAfter: number | null;
  processes: number;
}

/** What came of one `--expect`. */
export interface ExpectationMet {
  /** `p95 < 200ms` */
  text: string;
  /** Never by what was not measured. */
  met: boolean;
  /** It was measured, and may be gone by; what is neither met nor known is no miss. */
  known: boolean;
  /** What it was, or why it is not known; one for each measurement of the name. */
  measured: string[];
}

/** A measurement as later ones are compared with it. */
export interface MeasuredRun {
  kind: MeasureKind;
  /** When it began, UTC. */
  timestamp: string;
  tool: { name: 'idleproof'; version: string; node: string };
  host: HostInfo;
  cpuModel: string;
  /** How to do it again; secrets redacted. */
  command: string;
  target: string;
  /** What the numbers depend on, and what was chosen: measurements under different ones are not compared. */
  conditions: Record<string, string | number>;
  /** Of what else had a part in it, such as a browser. */
  versions: Record<string, string>;
  /** As rules judge them; values in base units. */
  measurements: Measurement[];
}

/** What pages of gates need of a results file. */
export type MeasuredResult = MeasuredRun & Pick<MeasureDocument, 'expectations'>;

/** What a measuring command writes beside its evidence: everything that it found, for other programs to read. */
export interface MeasureDocument extends MeasuredRun {
  schemaVersion: 1;
  expectations: ExpectationMet[];
  /** null: there was no process to look at. */
  targetUsage: TargetUsage | null;
  /** What this one found beside that. */
  facts: Record<string, unknown>;
  notes: string[];
}
