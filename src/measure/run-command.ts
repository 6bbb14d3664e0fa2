import { spawn } from 'node:child_process';

export interface CommandOutput {
  stdout: string;
  code: number | null;
  signal: NodeJS.Signals | null;
  /** It printed more than is kept. */
  isCut: boolean;
  isLate: boolean;
}

const OUTPUT_BYTES = 16 * 1024 * 1024;
const KILL_GRACE_MS = 2_000;

/**
 * Runs a command to its end and keeps what it prints; its errors go to ours. Where it takes too long, or the signal aborts, its whole
 * process group is ended.
 */
export function runCommand(
  argv: readonly string[],
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<CommandOutput> {
  const [file = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    const chunks: Buffer[] = [];
    let bytes = 0;
    let isLate = false;
    const kill = (name: NodeJS.Signals): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, name);
      } catch {
        // It is gone.
      }
    };
    let killer: NodeJS.Timeout | undefined;
    const end = (): void => {
      kill('SIGTERM');
      killer ??= setTimeout(() => kill('SIGKILL'), KILL_GRACE_MS);
    };
    const timer = setTimeout(() => {
      isLate = true;
      end();
    }, timeoutMs);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    const release = (): void => {
      clearTimeout(timer);
      clearTimeout(killer);
      signal.removeEventListener('abort', end);
    };
    child.once('error', (error) => {
      release();
      reject(error);
    });
    // Without descriptors for them there are no pipes, and no process: the error comes next.
    if (child.pid === undefined) return;
    child.stdout.on('data', (chunk: Buffer) => {
      if (bytes < OUTPUT_BYTES) chunks.push(chunk);
      bytes += chunk.length;
    });
    child.once('close', (code, name) => {
      release();
      const stdout = Buffer.concat(chunks).toString('utf8');
      resolve({ stdout, code, signal: name, isCut: bytes > OUTPUT_BYTES, isLate });
    });
  });
}
