import type { Verdict } from './verdict.ts';

/** What came of one gate. */
export interface GateResult {
  gate: string;
  target: string;
  expected: string;
  measured: string;
  verdict: Verdict;
  /** Why it is not a pass; null: it is. */
  reason: string | null;
}

/** The memory of the command's tree (PSS) at the three moments that matter. Null: it was not, or could not be, read. */
export interface MemoryStates {
  beforeBytes: number | null;
  inUseBytes: number | null;
  afterBytes: number | null;
}

/** What `run` writes beside the proof of its window: one row a gate, in the order of the file. */
export interface GateSheet {
  schemaVersion: 1;
  verdict: Verdict;
  startedAt: string;
  tool: { name: 'idleproof'; version: string };
  command: string;
  gates: GateResult[];
  memory: MemoryStates;
  /** In whose window the app was watched. */
  proof: { file: string; verdict: Verdict; headline: string };
}
