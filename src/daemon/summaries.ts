import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { summarizeProofs } from '../core/proof/summary.ts';
import { type SummaryFormat, SUMMARY_FORMATS } from '../model/proof-summary.ts';
import { writeNewFile } from '../os/new-file.ts';
import { SUMMARY_TEXT } from '../render/summary.ts';
import { excludedBySoak } from '../session/judged-soak.ts';
import type { Window } from '../model/evidence.ts';
import { readKeptProofsGently } from '../session/proofs/kept-proofs.ts';
import { pageStyle } from '../session/page-assets.ts';
import { windowsWithoutProof } from '../session/proofs/windows-without-proof.ts';
import { type CronTimer, onCron } from './cron.ts';
import type { Log } from './log/log.ts';
import type { DaemonPlan } from './plan.ts';

/** Where none of those asked for is one that many proofs can be written as. */
const DEFAULT_FORMATS: readonly SummaryFormat[] = ['json', 'md'];

export interface SummariesParts {
  storePath: string;
  /** Windows that are over and have no proof, whether the store knows of them or not. */
  waiting: () => readonly Window[];
  log: Log;
  /** null: it could be written. */
  onProblem: (problem: string | null) => void;
}

/** Writes a summary when a cron expression says so, in the time of the host, and when it is asked to. */
export class Summaries {
  readonly #parts: SummariesParts;
  #reports: DaemonPlan['reports'];
  #cron: CronTimer | null = null;
  #writing: Promise<void> | null = null;

  constructor(parts: SummariesParts, reports: DaemonPlan['reports']) {
    this.#parts = parts;
    this.#reports = { ...reports, cron: null };
    this.use(reports);
  }

  use(reports: DaemonPlan['reports']): void {
    const { cron } = reports;
    if (cron !== this.#reports.cron) {
      this.#cron?.stop();
      this.#cron = cron === null ? null : onCron(cron, null, () => void this.write());
    }
    this.#reports = reports;
  }

  /** One at a time. Never rejects. */
  write(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async close(): Promise<void> {
    this.use({ ...this.#reports, cron: null });
    await this.#writing;
  }

  async #write(): Promise<void> {
    const { log, onProblem } = this.#parts;
    try {
      const files = await writeSummary(this.#parts, this.#reports, new Date());
      onProblem(null);
      log.info('summary written', { files });
    } catch (error) {
      const problem = (error as Error).message;
      onProblem(problem);
      log.error('the summary could not be written', { problem });
    }
  }
}

/**
 * Writes one summary of all proofs of a folder, and of what is missing there, into it, per day and as a whole, and never over another.
 * @param at whose local date names it
 * @returns the paths
 * @throws what the file system says; IdleproofError PROOFS_FOLDER where there is no proof
 */
async function writeSummary(
  { storePath, waiting }: Pick<SummariesParts, 'storePath' | 'waiting'>,
  { dir, formats: asked }: DaemonPlan['reports'],
  at: Date,
): Promise<string[]> {
  // Before the proofs are read: one that is written meanwhile may count as missing, never as none.
  const missing = windowsWithoutProof(storePath, dir, waiting());
  const found = await readKeptProofsGently(dir);
  const kept = { ...found, unproved: [...found.unproved, ...missing] };
  const all = { sinceMs: null, untilMs: null, windowId: null };
  const named = SUMMARY_FORMATS.filter((format) => asked.includes(format));
  const formats = named.length > 0 ? named : DEFAULT_FORMATS;
  const summary = summarizeProofs(kept, all, excludedBySoak(storePath, all));
  for (let nth = 1; ; nth += 1) {
    const name = `${dateOf(at)}_summary${nth === 1 ? '' : `-${nth}`}`;
    const paths = formats.map((format) => join(dir, `${name}.${format}`));
    if (paths.some((path) => existsSync(path))) continue;
    for (const [index, format] of formats.entries())
      writeNewFile(paths[index] as string, SUMMARY_TEXT[format](summary, pageStyle));
    return paths;
  }
}

const two = (value: number): string => String(value).padStart(2, '0');

const dateOf = (at: Date): string => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
