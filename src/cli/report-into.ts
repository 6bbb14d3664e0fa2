import { dirname, join } from 'node:path';
import { escapeControls } from '../core/parse/escape-controls.ts';
import type { ProofDigest } from '../core/proof/digest.ts';
import type { KeptProofs } from '../core/proof/summary.ts';
import { IdleproofError } from '../errors.ts';
import type { Proof } from '../model/proof.ts';
import { type GatePage, type PastRun, renderGateBlock } from '../render/gate-block.ts';
import { readKeptProofs } from '../session/proofs/kept-proofs.ts';
import { readKeptResults, readSheetBeside } from '../session/proofs/kept-results.ts';
import { proofPathOf, readWholeProof } from '../session/proofs/stored-proof.ts';
import { writeInto } from '../session/proofs/write-into.ts';
import { refuse, type ReportOptions } from './report-options.ts';

const LAST_RUNS = 5;

/** A page with more gates than so many proofs have is no page; of measurements likewise. */
const MOST_SHOWN = 20;

/** Of a folder, the last proof of each window and its targets, the last one of each measurement, and the runs before. */
type Source = { proofPath: string } | { folder: string; sinceMs: number | null };

/** Writes the gate sheet between the markers of an existing file. */
export function insertReport(source: Source, into: string, options: ReportOptions): void {
  if (options.format !== undefined || options.out !== undefined || options.json === true) {
    refuse('--into', 'it writes Markdown into that file: --format, --out and --json are something else');
  }
  const isChanged = writeInto(
    into,
    'proofPath' in source ? pageOf(source.proofPath) : latest(source, options),
  );
  process.stdout.write(isChanged ? `${into}\n` : `${into}: unchanged\n`);
}

const pageOf = (path: string): string =>
  renderGateBlock({
    proofs: [withSheet(readWholeProof(path), dirname(proofPathOf(path)))],
    runs: [],
    measured: [],
    pastMeasured: [],
  });

function latest(
  { folder, sinceMs }: { folder: string; sinceMs: number | null },
  { window }: ReportOptions,
): string {
  const isSince = (atMs: number): boolean => sinceMs === null || atMs > sinceMs;
  // A window that is named is what is asked for, and nothing else.
  const kept = window === undefined ? readKeptResults(folder) : { results: [], broken: [] };
  for (const problem of kept.broken) warn(problem);
  const results = kept.results.filter(({ timestamp }) => isSince(Date.parse(timestamp)));
  const found = proofsIn(folder, results.length > 0);
  const digests = found.digests
    .filter(({ windowId, closedMs }) => (window === undefined || windowId === window) && isSince(closedMs))
    .toSorted((a, b) => b.openedMs - a.openedMs || (a.path < b.path ? -1 : 1));
  if (digests.length + results.length === 0) refuse('--into', `there is no such proof in ${folder}`);
  warnOfOthers(found, Math.max(...digests.map(({ closedMs }) => closedMs)));
  const proofs = firstOfEach(digests, ({ windowId, targets }) => [windowId, targets.map(({ name }) => name)])
    .slice(0, MOST_SHOWN)
    .map(({ path }) => withSheet(readWholeProof(join(folder, path)), dirname(join(folder, path))));
  // What a whole phase gate measured stands in its sheet.
  const inSheets = new Set(proofs.flatMap(({ sheet }) => (sheet === null ? [] : [sheet.command])));
  const alone = results.filter(({ command }) => !inSheets.has(command));
  return renderGateBlock({
    proofs,
    runs: digests.slice(0, LAST_RUNS).map(pastRun),
    measured: firstOfEach(alone, ({ kind, target, measurements }) => [
      kind,
      target,
      measurements.map(({ id }) => id),
    ]).slice(0, MOST_SHOWN),
    pastMeasured: results.slice(0, LAST_RUNS),
  });
}

/** Measurements alone are enough for a page. */
function proofsIn(folder: string, isMeasured: boolean): Kept {
  try {
    return readKeptProofs(folder);
  } catch (error) {
    if (isMeasured && error instanceof IdleproofError && error.code === 'PROOFS_FOLDER') return NONE_KEPT;
    throw error;
  }
}

type Kept = Pick<KeptProofs, 'digests' | 'broken' | 'unproved'>;

const NONE_KEPT: Kept = { digests: [], broken: [], unproved: [] };

/** The page looks like the last word; what may be later than that is told. */
function warnOfOthers({ broken, unproved }: Kept, lastMs: number): void {
  for (const { path, problem } of broken) warn(`${path}: ${problem}`);
  for (const { path, writtenMs } of unproved)
    if (writtenMs > lastMs) warn(`${path}: a later run, without a proof`);
}

function withSheet(proof: Proof, folder: string): GatePage['proofs'][number] {
  try {
    return { proof, sheet: readSheetBeside(folder, proof.headline) };
  } catch (error) {
    warn((error as Error).message);
    return { proof, sheet: null };
  }
}

const warn = (problem: string): boolean => process.stderr.write(`${escapeControls(problem)}\n`);

function firstOfEach<T>(all: readonly T[], keyOf: (one: T) => unknown): T[] {
  const first = new Map<string, T>();
  for (const one of all) {
    const key = JSON.stringify(keyOf(one));
    if (!first.has(key)) first.set(key, one);
  }
  return [...first.values()];
}

const pastRun = ({ opened, windowId, verdict, findings }: ProofDigest): PastRun => ({
  opened: opened.local,
  windowId,
  verdict,
  findings: findings.length,
});
