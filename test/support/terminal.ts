import { spawn } from 'node:child_process';

/**
 * Types into a program in a terminal of its own (script(1)): each line when what it waits for has been printed after the line
 * before. Returns all that was printed until the program ended.
 */
export async function typeInto(
  command: string,
  lines: readonly { after: string; type: string }[],
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<string> {
  const child = spawn('script', ['-q', '-e', '-c', command, '/dev/null'], {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let printed = '';
  let seen = 0;
  const left = [...lines];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
    for (;;) {
      const [next] = left;
      const at = next === undefined ? -1 : printed.indexOf(next.after, seen);
      if (next === undefined || at < 0) return;
      seen = at + next.after.length;
      left.shift();
      child.stdin.write(next.type);
    }
  });
  await new Promise((resolve) => child.once('close', resolve));
  if (left.length > 0) throw new Error(`«${left[0]?.after}» was not printed: ${printed}`);
  return printed;
}
