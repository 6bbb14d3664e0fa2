import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { until } from './until.ts';

/** Prints each datagram and who sent it, as JSON. See unix(7), SCM_CREDENTIALS. */
const MANAGER = `
import json, socket, struct, sys
address = sys.argv[1]
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
listener.bind('\\0' + address[1:] if address.startswith('@') else address)
print(json.dumps('bound'), flush=True)
while True:
    data, control, _, _ = listener.recvmsg(4096, 128)
    pid = struct.unpack('iII', control[0][2][:12])[0] if control else 0
    print(json.dumps([pid, data.decode()]), flush=True)
`;

export const hasPython: boolean = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.log('skipped: python3, which stands for the service manager, is not installed');

/** Stands for the service manager, at the other end of NOTIFY_SOCKET. */
export class ServiceManager {
  readonly #process: ChildProcess;
  readonly #reader: Interface;
  readonly #lines: AsyncIterator<string>;

  private constructor(process: ChildProcess) {
    this.#process = process;
    this.#reader = createInterface({ input: process.stdout! });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** @param address a path, or an abstract name with `@` before it */
  static async listen(address: string): Promise<ServiceManager> {
    const manager = new ServiceManager(
      spawn('python3', ['-c', MANAGER, address], { stdio: ['ignore', 'pipe', 'inherit'] }),
    );
    await manager.told();
    return manager;
  }

  /** The next datagram: the pid of its sender, and its text. */
  async told(): Promise<unknown> {
    return JSON.parse((await this.#lines.next()).value as string);
  }

  /** It takes nothing more from its queue until `resume`: the signal alone lets it go on to where it next meets the kernel. */
  async freeze(): Promise<void> {
    this.#process.kill('SIGSTOP');
    await until(() => / T /.test(readFileSync(`/proc/${this.#process.pid}/stat`, 'utf8')));
  }

  resume(): void {
    this.#process.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
    this.#reader.close();
  }
}
