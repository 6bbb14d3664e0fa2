import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { summarizeProofs } from '../core/proof/summary.ts';
import { IdleproofError } from '../errors.ts';
import { SUMMARY_TEXT } from '../render/summary.ts';
import { excludedBySoak } from '../session/judged-soak.ts';
import { readKeptProofs } from '../session/kept-proofs.ts';
import { findDaemon } from './find-daemon.ts';
import { type ReportOptions, sinceOf, summaryFormats } from './report-options.ts';

const DEFAULT_FOLDER = 'reports';

/** Reads, summarizes, and prints or writes. */
export async function writeReport(folder: string | undefined, options: ReportOptions): Promise<void> {
  const formats = summaryFormats(options);
  const nowMs = Date.now();
  const sinceMs = sinceOf(options.since, nowMs);
  const kept = readKeptProofs(await folderOf(folder, options.state));
  const range = { sinceMs, untilMs: sinceMs === null ? null : nowMs, windowId: options.window ?? null };
  refuseUnknownWindow(
    options.window,
    kept.digests.map(({ windowId }) => windowId),
  );
  const store = options.state === undefined ? null : join(options.state, 'evidence.db');
  const together = store !== null && existsSync(store) ? excludedBySoak(store, range) : null;
  const summary = summarizeProofs(kept, range, together);
  for (const format of formats) {
    const text = SUMMARY_TEXT[format](summary);
    if (options.out === undefined) process.stdout.write(text);
    else process.stdout.write(`${write(options.out, `summary.${format}`, text)}\n`);
  }
}

/** The daemon knows where its proofs go; of one that does not run, they are looked for in its state folder. */
async function folderOf(folder: string | undefined, state: string | undefined): Promise<string> {
  if (state === undefined) return folder ?? DEFAULT_FOLDER;
  if (folder !== undefined) {
    const problem = 'a folder of proofs is named already';
    throw new IdleproofError('OPTION_INVALID', { option: '--state', problem, command: 'report' });
  }
  try {
    return (await findDaemon(state)).status.reportsFolder;
  } catch (error) {
    const reports = join(state, DEFAULT_FOLDER);
    if (error instanceof IdleproofError && error.code === 'DAEMON_NOT_RUNNING' && existsSync(reports)) {
      return reports;
    }
    throw error;
  }
}

function refuseUnknownWindow(asked: string | undefined, ids: readonly string[]): void {
  if (asked === undefined || ids.includes(asked)) return;
  const known = [...new Set(ids)].sort().slice(0, 10);
  const problem = `no proof is of a window «${asked}»; there are ${known.join(', ') || 'none'}`;
  throw new IdleproofError('OPTION_INVALID', { option: '--window', problem, command: 'report' });
}

/** Nothing is ever overwritten. */
function write(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    throw new IdleproofError('REPORT_FOLDER', { folder, problem: (error as Error).message }, error);
  }
  return path;
}
