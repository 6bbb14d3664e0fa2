import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { waitForZombie } from './zombie.ts';

const PROGRAM = `
import ctypes, os, socket, sys, threading, time
held = [os.open(path, os.O_WRONLY | os.O_CREAT) for path in sys.argv[1:]]
server = socket.create_server(('127.0.0.1', 0))
for _ in range(2): threading.Thread(target=time.sleep, args=(300,)).start()
ctypes.CDLL(None).pthread_exit(None)
`;

/** A real process whose first thread has ended, while others live and hold these files open, and listens on a port. */
export class Leaderless {
  readonly #child: ChildProcess;

  constructor(paths: readonly string[]) {
    this.#child = spawn('python3', ['-c', PROGRAM, ...paths], { stdio: 'ignore' });
    waitForZombie(this.pid);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
