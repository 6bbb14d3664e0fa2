import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Baseline, BASELINE_NAME } from '../../core/measure/baseline/pinned.ts';
import { windowVerdictOf } from '../../core/compare/from-proof.ts';
import { parseProof } from '../../core/proof/schema.ts';
import { parseVerifiable } from '../../core/proof/verifiable.ts';
import { IdleproofError } from '../../errors.ts';
import type { WindowVerdict } from '../../model/window-verdict.ts';
import {
  readMeasuredRun,
  resultsPathOf,
  type StoredRun,
  withoutCopies,
} from '../../session/proofs/measured-run.ts';
import { proofPathOf, readProofBytes } from '../../session/proofs/stored-proof.ts';
import { baselinesFolder } from './baselines.ts';

/**
 * Pins the windows of some proofs, or measurements, under a new name.
 * @param paths of `proof.json` and `…_results.json`, or of the folders that they lie in
 * @throws IdleproofError where the name is taken or none, or a path leads to neither, or to a proof that is inconclusive
 */
export function pinBaseline(
  stateFolder: string,
  name: string,
  paths: readonly string[],
  nowMs: number,
): Baseline {
  if (!BASELINE_NAME.test(name)) throw new IdleproofError('BASELINE_NAME', { name: name.slice(0, 64) });
  const results = new Set(paths.flatMap((path) => resultsPathOf(path) ?? []));
  const measured = withoutCopies([...results].map(measuredAt));
  const pinned = paths.filter((path) => resultsPathOf(path) === null).map(readProof);
  const baseline: Baseline = {
    schemaVersion: 1,
    name,
    pinnedAtMs: nowMs,
    proofs: pinned.map(({ path, sha256 }) => ({ path, sha256 })),
    windows: pinned.map(({ window }) => window),
    ...(measured.length === 0 ? {} : { measured }),
  };
  const path = join(baselinesFolder(stateFolder), `${name}.json`);
  try {
    mkdirSync(baselinesFolder(stateFolder), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${JSON.stringify(baseline, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new IdleproofError('BASELINE_TAKEN', { name }, error);
    throw new IdleproofError(
      'BASELINE_FOLDER',
      { folder: baselinesFolder(stateFolder), problem: message },
      error,
    );
  }
  return baseline;
}

function measuredAt(path: string): StoredRun {
  try {
    const stored = readMeasuredRun(path);
    const broken = stored.run.measurements.find(({ problem }) => problem !== null);
    if (broken !== undefined) throw new Error(`${broken.name} is nothing to go by: ${broken.problem ?? ''}`);
    return stored;
  } catch (error) {
    throw new IdleproofError('BASELINE_PROOF', { path, problem: (error as Error).message }, error);
  }
}

function readProof(given: string): { path: string; sha256: string; window: WindowVerdict } {
  const fail = (why: string): never => {
    throw new IdleproofError('BASELINE_PROOF', { path: given, problem: why });
  };
  const path = resolve(proofPathOf(given));
  let bytes: Buffer;
  try {
    bytes = readProofBytes(path);
  } catch (error) {
    return fail((error as Error).message);
  }
  const json = bytes.toString('utf8');
  const proof = parseProof(json);
  if (proof === null) {
    const read = parseVerifiable(json);
    return fail('problem' in read ? read.problem : 'it is not a proof of this version');
  }
  if (proof.verdict === 'inconclusive') return fail('it is inconclusive, and proves nothing');
  const { opened, closed } = proof.window;
  const span = { fromMs: Date.parse(opened.utc), toMs: Date.parse(closed.utc) };
  return {
    path,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    window: windowVerdictOf(proof, span),
  };
}
