import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MeasureDocument } from '../../src/model/measure-document.ts';
import { type CliOptions, runCli } from './cli.ts';

/** What a measuring command told, and where it left it. */
export interface MeasuredByCli {
  document: MeasureDocument;
  code: number | null;
  stderr: string;
  /** Of the run, with `evidence.db` and the results. */
  folder: string;
}

/** Runs `idleproof measure … --json` into a new folder below this one. */
export async function measureInto(
  base: string,
  args: readonly string[],
  options: CliOptions = {},
): Promise<MeasuredByCli> {
  const out = mkdtempSync(join(base, 'measured-'));
  const [kind = '', ...rest] = args;
  const { code, stdout, stderr } = await runCli(['measure', kind, '--json', '--out', out, ...rest], options);
  if (!stdout.startsWith('{')) throw new Error(`no document (exit ${code}): ${stderr}`);
  const [run = ''] = readdirSync(out);
  return { document: JSON.parse(stdout) as MeasureDocument, code, stderr, folder: join(out, run) };
}
