import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Proof } from '../../src/model/proof.ts';
import { followOnHost } from './host-lateness.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliRun {
  child: ChildProcess;
  result: Promise<CliResult>;
}

export interface CliOptions {
  /** Modules that node imports before it. */
  imports?: readonly string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Runs the command line as this user and group. */
  uid?: number;
  /** A command that runs it, as `nsenter … --`. */
  inside?: readonly string[];
}

/** Starts the built command line as a user would. */
export function startCli(args: readonly string[], options: CliOptions = {}): CliRun {
  const { uid, inside = [], imports = [], ...rest } = options;
  const node = [process.execPath, ...imports.flatMap((module) => ['--import', module])];
  const [file = '', ...argv] = [...inside, ...node, MAIN, ...args];
  const child = spawn(file, argv, {
    ...rest,
    ...(uid === undefined ? {} : { uid, gid: uid }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.pid !== undefined) followOnHost(child.pid);
  let stdout = '';
  let stderr = '';
  // A pipe may cut a character in two.
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const result = new Promise<CliResult>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, result };
}

export const runCli = (args: readonly string[], options: CliOptions = {}): Promise<CliResult> =>
  startCli(args, options).result;

/** Runs a check with --json; returns the proof and the exit code. */
export async function check(
  args: readonly string[],
  options: CliOptions = {},
): Promise<{ proof: Proof; code: number | null }> {
  const { code, stdout, stderr } = await runCli(['check', '--json', ...args], options);
  if (!stdout.startsWith('{')) throw new Error(`no proof (exit ${code}): ${stderr}`);
  return { proof: JSON.parse(stdout) as Proof, code };
}

export const ruleOf = (proof: Proof, id: string): Proof['rules'][number] => {
  const rule = proof.rules.find((result) => result.id === id);
  if (rule === undefined)
    throw new Error(`no rule ${id} in ${proof.rules.map((result) => result.id).join(', ')}`);
  return rule;
};
