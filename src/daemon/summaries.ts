import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schedule } from 'node-cron';
import { CONFIDENCE } from '../core/coverage/quiet-reach.ts';
import { summarizeProofs } from '../core/proof/summary.ts';
import { type SoakWindow, soakReach } from '../core/windows/soak-exclusion.ts';
import { EvidenceReader } from '../evidence/read.ts';
import type { WindowVerdict } from '../model/daemon-status.ts';
import type { ProofSummary } from '../model/proof-summary.ts';
import { renderSummaryHtml } from '../render/html/summary.ts';
import { renderSummary } from '../render/summary-markdown.ts';
import { readKeptProofsGently } from '../session/kept-proofs.ts';
import { readPageAssets } from '../session/page-assets.ts';
import type { Log } from './log.ts';
import type { DaemonPlan } from './plan.ts';

/** What the store keeps of a judged window. */
export interface VerdictDocument extends WindowVerdict {
  /** What it adds to what windows exclude together; null: nothing. Left out by versions that did not tell. */
  soak?: SoakWindow | null;
}

/** What a summary can be written as; the other formats are of single proofs. */
const SUMMARY_FORMATS = ['json', 'md', 'html'] as const;
const DEFAULT_FORMATS: readonly SummaryFormat[] = ['json', 'md'];
type SummaryFormat = (typeof SUMMARY_FORMATS)[number];

const RENDER: Readonly<Record<SummaryFormat, (summary: ProofSummary) => string>> = {
  md: renderSummary,
  json: (summary) => `${JSON.stringify(summary, null, 2)}\n`,
  html: (summary) => renderSummaryHtml(summary, readPageAssets().style),
};

export interface SummariesParts {
  storePath: string;
  log: Log;
  /** null: it could be written. */
  onProblem: (problem: string | null) => void;
}

/** Writes a summary when a cron expression says so, in the time of the host, and when it is asked to. */
export class Summaries {
  readonly #parts: SummariesParts;
  #reports: DaemonPlan['reports'];
  #task: { stop(): unknown } | null = null;
  #writing: Promise<void> | null = null;

  constructor(parts: SummariesParts, reports: DaemonPlan['reports']) {
    this.#parts = parts;
    this.#reports = { ...reports, cron: null };
    this.use(reports);
  }

  use(reports: DaemonPlan['reports']): void {
    const { cron } = reports;
    if (cron !== this.#reports.cron) {
      void this.#task?.stop();
      this.#task = cron === null ? null : schedule(cron, () => void this.write());
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
    const { storePath, log, onProblem } = this.#parts;
    try {
      const files = await writeSummary(storePath, this.#reports, new Date());
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
 * Writes one summary of all proofs of a folder into it, per day and as a whole, and never over another.
 * @param at whose local date names it
 * @returns the paths
 * @throws what the file system says; IdleproofError PROOFS_FOLDER where there is no proof
 */
async function writeSummary(
  storePath: string,
  { dir, formats: asked }: DaemonPlan['reports'],
  at: Date,
): Promise<string[]> {
  const kept = await readKeptProofsGently(dir);
  const all = { sinceMs: null, untilMs: null, windowId: null };
  const named = SUMMARY_FORMATS.filter((format) => asked.includes(format));
  const formats = named.length > 0 ? named : DEFAULT_FORMATS;
  const summary = summarizeProofs(kept, all, excludedTogether(storePath));
  for (let nth = 1; ; nth += 1) {
    const name = `${dateOf(at)}_summary${nth === 1 ? '' : `-${nth}`}`;
    const paths = formats.map((format) => join(dir, `${name}.${format}`));
    if (paths.some((path) => existsSync(path))) continue;
    for (const [index, format] of formats.entries())
      writeFileSync(paths[index] as string, RENDER[format](summary), { flag: 'wx' });
    return paths;
  }
}

/** The longest period that the windows of a store exclude together, those of which the last word was that they passed. */
function excludedTogether(storePath: string): ProofSummary['excludedTogether'] {
  const reader = new EvidenceReader(storePath);
  let verdicts: VerdictDocument[];
  try {
    verdicts = reader.documents<VerdictDocument>('verdict');
  } finally {
    reader.close();
  }
  const last = new Map(verdicts.map((verdict) => [`${verdict.windowId} ${verdict.fromMs}`, verdict]));
  const windows = [...last.values()].flatMap(({ soak }) => soak ?? []);
  const { periodMs } = soakReach(windows);
  return periodMs > 0 ? { seconds: periodMs / 1000, confidence: CONFIDENCE, windows: windows.length } : null;
}

const two = (value: number): string => String(value).padStart(2, '0');

const dateOf = (at: Date): string => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
