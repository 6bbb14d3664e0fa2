import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

interface PackedFile {
  path: string;
  size: number;
  mode: number;
}

export interface Packed {
  filename: string;
  /** Of the archive, and of its files. */
  size: number;
  unpackedSize: number;
  files: PackedFile[];
}

/** Runs npm; throws with what it said when it fails. */
export function npm(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = process.env): string {
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`);
  return stdout;
}

/** What `npm pack` says it packed. What a script printed before the JSON is skipped. */
export function packedIn(stdout: string): Packed {
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as Packed[];
  if (packed === undefined) throw new Error(`npm pack packed nothing: ${stdout}`);
  return packed;
}

/** A copy of the checkout without what was built or kept there; its packages are those of the checkout. */
export function copyCheckout(from: string, into: string): void {
  const left = new Set(['.git', 'dist', 'node_modules', 'coverage']);
  for (const name of readdirSync(from).filter((entry) => !left.has(entry)))
    cpSync(join(from, name), join(into, name), { recursive: true });
}

/** The paths in the package of all that the src of a checkout is built to. */
export function builtPaths(checkout: string): string[] {
  return readdirSync(join(checkout, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:ts|json)$/.test(path) && !path.endsWith('.d.ts'))
    .map((path) => `dist/${path.replace(/\.ts$/, '.js')}`);
}
