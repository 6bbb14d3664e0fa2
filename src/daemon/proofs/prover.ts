import { alertOf } from '../../core/compare/alert.ts';
import { type CompareOptions, compareWindow } from '../../core/compare/compare.ts';
import { windowVerdictOf } from '../../core/compare/from-proof.ts';
import { type CompareState, firstState } from '../../core/compare/state.ts';
import { soakWindowOf } from '../../core/proof/soak-window.ts';
import type { SoakWindow } from '../../core/windows/soak-exclusion.ts';
import type { Alert } from '../../model/alert.ts';
import type { WindowVerdict } from '../../model/daemon-status.ts';
import type { Window } from '../../model/evidence.ts';
import type { Proof } from '../../model/proof.ts';
import { EvidenceReader, type StoredEvidence } from '../../evidence/read.ts';
import type { WindowSpan } from '../../evidence/read-window.ts';
import type { ProofOutput } from '../../session/proofs/proof-files.ts';
import { keepProof } from '../../session/proofs/proof-folder.ts';
import { prove } from '../../session/prove.ts';
import type { DaemonPlan } from '../plan.ts';

/** What became of a window. */
export interface Proved {
  verdict: WindowVerdict;
  /** For what windows exclude together; null: nobody can tell. */
  soak: SoakWindow | null;
  proof: Proof;
  alerts: Alert[];
  /** To be remembered with the alerts, in one transaction. */
  state: CompareState;
  /** Why the proof's files could not be written; null: they were. */
  problem: string | null;
}

/** Reads the evidence of a closed window back, judges it, writes its proof, and compares it with the windows before. */
export function proveWindow(
  storePath: string,
  window: Window,
  { packs, judging, lookBackMs, reports, signer, compareWith }: DaemonPlan,
  remembered: CompareState | null,
  pinned: CompareOptions['pinned'] = [],
): Proved {
  const { id, fromMs, toMs } = window;
  const stored = read(storePath, { id, fromMs, toMs, lookBackMs });
  const material = prove(stored, packs, judging);
  const { proof } = material;
  const { folder, problem } = written(window, reports, {
    material,
    evidencePath: storePath,
    formats: reports.formats,
    signer,
  });
  const { state, changes } = compareWindow(remembered ?? firstState(), windowVerdictOf(proof, window), {
    compareWith,
    pinned,
  });
  const alerts = changes.map((change) => alertOf(change, { windowId: id, toMs }, folder));
  const verdict = verdictOf(window, proof, folder);
  return { verdict, soak: soakWindowOf(window, proof, stored.evidence), proof, alerts, state, problem };
}

function read(storePath: string, span: WindowSpan): StoredEvidence {
  const reader = new EvidenceReader(storePath);
  try {
    return reader.window(span);
  } finally {
    reader.close();
  }
}

function written(
  { id, fromMs }: Window,
  { dir }: DaemonPlan['reports'],
  output: ProofOutput,
): { folder: string | null; problem: string | null } {
  try {
    return keepProof(dir, { startedAt: new Date(fromMs), windowId: id }, output);
  } catch (error) {
    return { folder: null, problem: (error as Error).message };
  }
}

function verdictOf({ id, fromMs, toMs }: Window, proof: Proof, folder: string | null): WindowVerdict {
  const counts = proof.rules.map((rule): [string, number] => [rule.id, rule.findings.length]);
  const findings: Record<string, number> = {};
  for (const [rule, count] of counts) if (count > 0) findings[rule] = (findings[rule] ?? 0) + count;
  return {
    windowId: id,
    fromMs,
    toMs,
    verdict: proof.verdict,
    headline: proof.headline,
    folder,
    coverageShare: proof.coverage.share,
    excludedPeriodSeconds: proof.coverage.excludes.periodSeconds?.max ?? null,
    findings,
  };
}
