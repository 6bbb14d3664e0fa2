import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { summarizeProofs } from '../core/proof/summary.ts';
import { IdleproofError } from '../errors.ts';
import { PROOF_FORMATS } from '../model/proof-format.ts';
import { SUMMARY_FORMATS } from '../model/proof-summary.ts';
import { SUMMARY_TEXT } from '../render/summary.ts';
import { excludedBySoak } from '../session/judged-soak.ts';
import { readKeptProofs } from '../session/proofs/kept-proofs.ts';
import { pageStyle } from '../session/page-assets.ts';
import { windowsWithoutProof } from '../session/proofs/windows-without-proof.ts';
import { DEFAULT_OUT } from './default-out.ts';
import { findDaemon } from './find-daemon.ts';
import { compareReport } from './report-compare.ts';
import { insertReport } from './report-into.ts';
import { refuse, reportFormats, type ReportOptions, sinceOf } from './report-options.ts';
import { tellReport } from './report-output.ts';
import { renderOne } from './report-proof.ts';
import { EVIDENCE_FILE } from '../model/file-names.ts';

/** Reads, and prints or writes: a comparison, one proof in any format, a gate sheet in another page, or a summary of many. */
export async function writeReport(given: string | undefined, options: ReportOptions): Promise<void> {
  if (options.compare !== undefined) {
    if (given !== undefined) refuse('--compare', 'the two proofs are all it needs');
    compareReport(options.compare, options);
    return;
  }
  if (given !== undefined && isFile(given)) {
    refuseOptionsOfMany(options);
    if (options.into === undefined) renderOne(given, options);
    else insertReport({ proofPath: given }, options.into, options);
    return;
  }
  const folder = await folderOf(given, options.state);
  if (options.into === undefined) summarize(folder, options);
  else insertReport({ folder, sinceMs: sinceOf(options.since, Date.now()) }, options.into, options);
}

function summarize(folder: string, options: ReportOptions): void {
  const ofOne = PROOF_FORMATS.filter((format) => !(SUMMARY_FORMATS as readonly string[]).includes(format));
  const asked = options.format?.split(',').map((text) => text.trim()) ?? [];
  const single = ofOne.find((format) => asked.includes(format));
  if (single !== undefined) {
    refuse('--format', `${single} is of one proof: name it, as in idleproof report reports/…/proof.json`);
  }
  const formats = reportFormats(options, SUMMARY_FORMATS, 'md');
  const nowMs = Date.now();
  const sinceMs = sinceOf(options.since, nowMs);
  const store = options.state === undefined ? null : join(options.state, EVIDENCE_FILE);
  const hasStore = store !== null && existsSync(store);
  const missing = hasStore ? windowsWithoutProof(store, folder) : [];
  const found = readKeptProofs(folder);
  const kept = { ...found, unproved: [...found.unproved, ...missing] };
  const range = { sinceMs, untilMs: sinceMs === null ? null : nowMs, windowId: options.window ?? null };
  refuseUnknownWindow(
    options.window,
    kept.digests.map(({ windowId }) => windowId),
  );
  const together = hasStore ? excludedBySoak(store, range) : null;
  const summary = summarizeProofs(kept, range, together);
  for (const format of formats) {
    tellReport(options.out, `summary.${format}`, SUMMARY_TEXT[format](summary, pageStyle));
  }
}

/** What is left out silently would look as if it had been heeded. */
function refuseOptionsOfMany(options: ReportOptions): void {
  for (const name of ['since', 'window', 'state'] as const) {
    if (options[name] !== undefined) refuse(`--${name}`, 'it chooses among many proofs, and one is named');
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** The daemon knows where its proofs go; of one that does not run, they are looked for in its state folder. */
async function folderOf(folder: string | undefined, state: string | undefined): Promise<string> {
  if (state === undefined) return folder ?? DEFAULT_OUT;
  if (folder !== undefined) refuse('--state', 'a folder of proofs is named already');
  try {
    return (await findDaemon(state)).status.reportsFolder;
  } catch (error) {
    const reports = join(state, DEFAULT_OUT);
    if (error instanceof IdleproofError && error.code === 'DAEMON_NOT_RUNNING' && existsSync(reports)) {
      return reports;
    }
    throw error;
  }
}

function refuseUnknownWindow(asked: string | undefined, ids: readonly string[]): void {
  if (asked === undefined || ids.includes(asked)) return;
  const known = [...new Set(ids)].sort().slice(0, 10);
  refuse('--window', `no proof is of a window «${asked}»; there are ${known.join(', ') || 'none'}`);
}
