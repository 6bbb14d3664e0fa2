import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { windowVerdictOf } from '../core/compare/from-proof.ts';
import { parseProof } from '../core/proof/schema.ts';
import { IdleproofError } from '../errors.ts';
import type { WindowVerdict } from '../model/window-verdict.ts';
import { readBoundedFile } from '../os/bounded-file.ts';
import { proofPathOf, readProofBytes } from '../session/stored-proof.ts';

/** Windows that somebody said are as they should be, under a name. */
export interface Baseline {
  schemaVersion: 1;
  name: string;
  pinnedAtMs: number;
  /** Where the proofs lay, with the SHA-256 of their bytes in hex. */
  proofs: readonly { path: string; sha256: string }[];
  windows: readonly WindowVerdict[];
}

const NAME = /^\w[\w.-]{0,63}$/;
const MAX_BYTES = 64_000_000;

/** A check has no window of its own name: it is a baseline for every window. */
const CHECK_WINDOW = 'idle';

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const metric = z.object({
  mean: z.number(),
  p95: z.number(),
  max: z.number(),
  atLeast: z.boolean().exactOptional(),
});

/** As it is written; what else a later version writes is left out. */
const baselineSchema: z.ZodType<Baseline> = z.object({
  schemaVersion: z.literal(1),
  name: z.string().regex(NAME),
  pinnedAtMs: z.number(),
  proofs: z.array(z.object({ path: z.string(), sha256: z.string() })),
  windows: z.array(
    z.object({
      windowId: z.string(),
      fromMs: z.number(),
      toMs: z.number(),
      verdict: z.enum(['pass', 'fail', 'inconclusive']),
      rules: z.array(
        z.object({
          id: z.string(),
          target: z.string(),
          verdict: z.enum(['pass', 'fail', 'inconclusive', 'notApplicable']),
          severity: z.enum(['error', 'warn']),
          measuredValue: z.number().exactOptional(),
          findings: z.array(
            z.object({
              subject: z.record(z.string(), value),
              count: z.number().exactOptional(),
              period: z.number().exactOptional(),
              text: z.string().exactOptional(),
            }),
          ),
        }),
      ),
      metrics: z.record(z.string(), z.record(z.string(), metric)).exactOptional(),
      isCovered: z.boolean().exactOptional(),
    }),
  ),
});

const folderOf = (stateFolder: string): string => join(stateFolder, 'baselines');

/**
 * Pins the windows of some proofs under a new name.
 * @param paths of `proof.json`, or of the folders that they lie in
 * @throws IdleproofError where the name is taken or none, or a path leads to no proof, or to one that is inconclusive
 */
export function pinBaseline(
  stateFolder: string,
  name: string,
  paths: readonly string[],
  nowMs: number,
): Baseline {
  if (!NAME.test(name)) throw new IdleproofError('BASELINE_NAME', { name: name.slice(0, 64) });
  const pinned = paths.map(readProof);
  const baseline: Baseline = {
    schemaVersion: 1,
    name,
    pinnedAtMs: nowMs,
    proofs: pinned.map(({ path, sha256 }) => ({ path, sha256 })),
    windows: pinned.map(({ window }) => window),
  };
  const path = join(folderOf(stateFolder), `${name}.json`);
  try {
    mkdirSync(folderOf(stateFolder), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${JSON.stringify(baseline, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new IdleproofError('BASELINE_TAKEN', { name }, error);
    throw new IdleproofError('BASELINE_FOLDER', { folder: folderOf(stateFolder), problem: message }, error);
  }
  return baseline;
}

/** All baselines of a state folder by name, and what cannot be read. @throws IdleproofError BASELINE_FOLDER */
export function readBaselines(stateFolder: string): { baselines: Baseline[]; broken: string[] } {
  const folder = folderOf(stateFolder);
  const baselines: Baseline[] = [];
  const broken: string[] = [];
  for (const file of filesOf(folder)) {
    const baseline = readBaseline(join(folder, file));
    if (baseline === null) broken.push(join(folder, file));
    else baselines.push(baseline);
  }
  return { baselines, broken };
}

/** Forgets one. @throws IdleproofError where there is none of that name */
export function unpinBaseline(stateFolder: string, name: string): void {
  const folder = folderOf(stateFolder);
  const names = filesOf(folder).map((file) => file.slice(0, -'.json'.length));
  if (!names.includes(name)) throw unknownBaseline(name, names);
  rmSync(join(folder, `${name}.json`));
}

export function unknownBaseline(name: string, known: readonly string[]): IdleproofError {
  const nearest = known.length === 0 ? '; there are none' : `; there are ${known.slice(0, 20).join(', ')}`;
  return new IdleproofError('BASELINE_UNKNOWN', { name: name.slice(0, 64), nearest });
}

/**
 * What the windows of an id are compared with: those of the same id, and those of checks. A baseline that cannot be read excuses
 * nothing, and is told.
 */
export function pinnedWindows(
  stateFolder: string,
  windowId: string,
): { windows: WindowVerdict[]; problem: string | null } {
  const { baselines, broken } = readBaselines(stateFolder);
  const all = baselines.flatMap(({ windows }) => windows);
  return {
    windows: all.filter((one) => one.windowId === windowId || one.windowId === CHECK_WINDOW),
    problem: broken.length === 0 ? null : `${broken.join(', ')} cannot be read`,
  };
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new IdleproofError('BASELINE_FOLDER', { folder, problem: message }, error);
  }
}

function readBaseline(path: string): Baseline | null {
  try {
    return (
      baselineSchema.safeParse(JSON.parse(readBoundedFile(path, MAX_BYTES).toString('utf8'))).data ?? null
    );
  } catch {
    return null;
  }
}

function readProof(given: string): { path: string; sha256: string; window: WindowVerdict } {
  const fail = (why: string): never => {
    throw new IdleproofError('BASELINE_PROOF', { path: given, problem: why });
  };
  const path = resolve(proofPathOf(given));
  let bytes: Buffer;
  try {
    bytes = readProofBytes(path);
  } catch (error) {
    return fail((error as Error).message);
  }
  const proof = parseProof(bytes.toString('utf8'));
  if (proof === null) return fail('it is not a proof of this version');
  if (proof.verdict === 'inconclusive') return fail('it is inconclusive, and proves nothing');
  const { opened, closed } = proof.window;
  const span = { fromMs: Date.parse(opened.utc), toMs: Date.parse(closed.utc) };
  return {
    path,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    window: windowVerdictOf(proof, span),
  };
}
