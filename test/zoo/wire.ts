import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Remote } from './program.ts';

interface Packet extends Remote {
  atMs: number;
}

/** What goes over loopback while the zoo is watched, from a packet socket: a witness that shares nothing with idleproof. */
export interface Wire {
  /** When packets that say something went to a remote end, in order, in ms since the epoch. */
  to(remote: Remote): number[];
  close(): Promise<void>;
}

export async function tapLoopback(): Promise<Wire> {
  const program = fileURLToPath(new URL('wire.py', import.meta.url));
  const child = spawn('python3', [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const packets: Packet[] = [];
  const lines = createInterface({ input: child.stdout });
  await once(lines, 'line');
  lines.on('line', (line) => packets.push(JSON.parse(line) as Packet));
  return {
    to: ({ protocol, port }) =>
      packets.filter((one) => one.protocol === protocol && one.port === port).map(({ atMs }) => atMs),
    close: async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}
