import { join } from 'node:path';
import type { ProofDigest } from '../core/proof/digest.ts';
import { type PastRun, renderGateBlock } from '../render/gate-block.ts';
import { readKeptProofs } from '../session/kept-proofs.ts';
import { readWholeProof } from '../session/stored-proof.ts';
import { writeInto } from '../session/write-into.ts';
import { invalid, type ReportOptions } from './report-options.ts';

const LAST_RUNS = 5;

/** A page with more gates than so many proofs have is no page. */
const MAX_PROOFS = 20;

/** Of a folder, the last proof of each window and its targets, and the runs before. */
type Source = { proofPath: string } | { folder: string; sinceMs: number | null };

/** Writes the gate sheet between the markers of an existing file. */
export function insertReport(source: Source, into: string, options: ReportOptions): void {
  if (options.format !== undefined || options.out !== undefined || options.json === true) {
    invalid('--into', 'it writes Markdown into that file: --format, --out and --json are something else');
  }
  const isChanged = writeInto(into, 'proofPath' in source ? one(source.proofPath) : latest(source, options));
  process.stdout.write(isChanged ? `${into}\n` : `${into}: unchanged\n`);
}

const one = (path: string): string => renderGateBlock([readWholeProof(path)], []);

function latest(
  { folder, sinceMs }: { folder: string; sinceMs: number | null },
  { window }: ReportOptions,
): string {
  const digests = readKeptProofs(folder)
    .digests.filter(
      ({ windowId, closedMs }) =>
        (window === undefined || windowId === window) && (sinceMs === null || closedMs > sinceMs),
    )
    .toSorted((a, b) => b.openedMs - a.openedMs || (a.path < b.path ? -1 : 1));
  if (digests.length === 0) invalid('--into', `there is no such proof in ${folder}`);
  const last = new Map<string, ProofDigest>();
  for (const digest of digests) {
    const key = JSON.stringify([digest.windowId, digest.targets.map(({ name }) => name)]);
    if (!last.has(key)) last.set(key, digest);
  }
  const proofs = [...last.values()]
    .slice(0, MAX_PROOFS)
    .map(({ path }) => readWholeProof(join(folder, path)));
  return renderGateBlock(proofs, digests.slice(0, LAST_RUNS).map(pastRun));
}

const pastRun = ({ opened, windowId, verdict, findings }: ProofDigest): PastRun => ({
  opened: opened.local,
  windowId,
  verdict,
  findings: findings.length,
});
