import { mkdirSync } from 'node:fs';
import { IdleproofError } from '../errors.ts';

/** Makes a folder, and those above it, unless it is there. */
export function makeFolder(path: string, mode: number): void {
  try {
    mkdirSync(path, { recursive: true, mode });
  } catch (error) {
    throw new IdleproofError('SERVICE_WRITE', { path, problem: (error as Error).message }, error);
  }
}
