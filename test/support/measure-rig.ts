import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MeasureDocument } from '../../src/model/measure-document.ts';
import type { Proof } from '../../src/model/proof.ts';
import { type CliResult, runCli } from './cli.ts';
import type { Program } from './programs.ts';

/** What a measuring command told. */
interface Told {
  document: MeasureDocument;
  result: CliResult;
  evidence: string;
}

/** A folder for what `idleproof measure` writes, and the programs that it measures. */
export class MeasureRig {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'idleproof-measure-'));
  readonly #programs: Program[] = [];
  #calls = 0;

  /** A folder of this call alone, which is not there yet. */
  nextOut(): string {
    this.#calls += 1;
    return join(this.folder, String(this.#calls));
  }

  async measure(...args: string[]): Promise<Told> {
    const folder = this.nextOut();
    const [kind = '', ...rest] = args;
    const result = await runCli(['measure', kind, '--json', '--out', folder, ...rest]);
    if (!result.stdout.startsWith('{'))
      throw new Error(`no document (exit ${result.code}): ${result.stderr}`);
    const [run = ''] = readdirSync(folder);
    return {
      document: JSON.parse(result.stdout) as MeasureDocument,
      result,
      evidence: join(folder, run, 'evidence.db'),
    };
  }

  /** What rules say of the evidence of a measurement. */
  async judge(evidence: string, rules: string): Promise<{ proof: Proof; code: number | null }> {
    const pack = `${this.nextOut()}.yaml`;
    writeFileSync(pack, `pack: ours\nrules:\n${rules}\n`);
    const { code, stdout, stderr } = await runCli(['judge', evidence, '--rules', pack, '--json']);
    if (!stdout.startsWith('{')) throw new Error(stderr);
    return { proof: JSON.parse(stdout) as Proof, code };
  }

  /** The program, which ends with the rig. */
  async started(program: Promise<Program>): Promise<Program> {
    const started = await program;
    this.#programs.push(started);
    return started;
  }

  async close(): Promise<void> {
    for (const program of this.#programs) await program.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const numberOf = (
  { measurements }: MeasureDocument,
  name: string,
  statistic: string,
  id: string | null = null,
): number =>
  measurements.find((one) => one.name === name && one.id === id)?.statistics[statistic as 'p50']?.value ??
  Number.NaN;

/** Listens at once, and answers 200 after some time, 503 before. */
export const slowServer = (port: number, afterMs: number): string[] => [
  process.execPath,
  '-e',
  `const from = Date.now(); require('http').createServer((q, s) => { s.statusCode = Date.now() - from < ${afterMs} ? 503 : 200; s.end(); }).listen(${port}, '127.0.0.1', () => console.log('listening'))`,
];
