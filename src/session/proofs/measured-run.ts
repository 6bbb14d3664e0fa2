import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ZodType } from 'zod';
import { measuredResultSchema, measuredRunSchema } from '../../core/measure/run-schema.ts';
import { parseUnambiguous } from '../../core/parse/repeated-key.ts';
import type { MeasuredResult, MeasuredRun } from '../../model/measure-document.ts';
import { readBoundedFile } from '../../os/bounded-file.ts';

const RESULTS = /_results\.json$/;
const MAX_BYTES = 64_000_000;

/** Whether a file is called as measuring commands call theirs. */
export const isResults = (name: string): boolean => RESULTS.test(name);

/** The results file that a path leads to, itself or the run folder that it lies in; null: it is neither. */
export function resultsPathOf(given: string): string | null {
  const path = resolve(given);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return isResults(path) ? path : null;
  const found = readdirSync(path).find(isResults);
  return found === undefined ? null : join(path, found);
}

/** A run as it was written, with the SHA-256 of the bytes in hex, by which a copy of it is known. */
export interface StoredRun {
  path: string;
  sha256: string;
  run: MeasuredRun;
}

/** Reads what a measuring command has written. @throws Error that says what is wrong with it */
export function readMeasuredRun(path: string): StoredRun {
  const { run, bytes } = readAs(path, measuredRunSchema);
  return { path, sha256: createHash('sha256').update(bytes).digest('hex'), run };
}

/** Each run once, wherever it lies: a copy that counts as another run would make all seem to differ less than they do. */
export const withoutCopies = (runs: readonly StoredRun[]): StoredRun[] => [
  ...new Map(runs.map((one) => [one.sha256, one])).values(),
];

/** The same, with what was expected. @throws Error that says what is wrong with it */
export const readMeasuredResult = (path: string): MeasuredResult => readAs(path, measuredResultSchema).run;

function readAs<T>(path: string, schema: ZodType<T>): { run: T; bytes: Buffer } {
  const bytes = readBoundedFile(path, MAX_BYTES);
  let json: unknown;
  try {
    json = parseUnambiguous(bytes.toString('utf8'));
  } catch (error) {
    throw error instanceof SyntaxError ? new Error('it is no JSON', { cause: error }) : error;
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { run: parsed.data, bytes };
  const [issue] = parsed.error.issues;
  throw new Error(
    `it is no result of this version (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''})`,
  );
}
