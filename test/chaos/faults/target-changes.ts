import { fileURLToPath } from 'node:url';
import { writeFileSync } from 'node:fs';
import { startDriver } from '../../support/driver.ts';
import type { Fault } from '../fault.ts';
import { needsRoot } from '../trace-instances.ts';

const DRIVER: string = fileURLToPath(new URL('../../fixtures/programs/driver.py', import.meta.url));

/** The program says that it is ready; here that is the answer to the line that told it to execute itself. */
const EXEC = `os.execv(sys.executable, ['python3', '-u', '-c', "exec(open(" + repr(${JSON.stringify(DRIVER)}) + ").read().replace('ready', 'ok'))"])`;

export const targetExecutes: Fault = {
  name: 'target-executes',
  // Another program has begun to run.
  breaks: ['children'],
  says: 'the target executes another program (execve), which does what comes then',
  strike: ({ scene }) => scene.driver.run(EXEC),
};

export const targetForks: Fault = {
  name: 'target-forks',
  says: 'the target starts a worker, which does what comes then',
  breaks: ['children'],
  strike: ({ scene }) =>
    scene.driver.run(`exec("""if os.fork() > 0:\\n os.waitpid(-1, 0)\\n time.sleep(1e6)""")`),
};

export const targetDaemonizes: Fault = {
  name: 'target-lets-a-daemon-go',
  says: 'the target starts a daemon (two forks, a session of its own), which does what comes then',
  breaks: ['children'],
  strike: ({ scene }) =>
    scene.driver.run(
      `exec("""pid = os.fork()\\nif pid > 0:\\n os.waitpid(pid, 0)\\n time.sleep(1e6)\\nos.setsid()\\nif os.fork() > 0: os._exit(0)""")`,
    ),
};

export const targetElsewhere: Fault = {
  name: 'target-enters-another-network',
  says: 'the target enters a network of its own, with nothing but loopback, and calls itself there',
  unavailable: needsRoot,
  setUp: (scene) => {
    scene.datagram = `socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))`;
  },
  excludes: ({ name }) => (name === 'tcp' ? 'there is nobody to call' : null),
  strike: ({ scene }) =>
    scene.driver.run(
      `libc.unshare(0x40000000); import fcntl, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh14x', b'lo', 1))`,
    ),
};

/** clone3(2) with set_tid: a child of the pid that is wanted; it ends with its parent. */
const WITH_PID = `
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
pid = ctypes.c_int(int(sys.argv[1]))
args = struct.pack('11Q', 0, 0, 0, 0, 17, 0, 0, 0, ctypes.addressof(pid), 1, 0)
child = libc.syscall(435, args, len(args))
if child == 0:
    libc.prctl(1, 9, 0, 0, 0)
    os.execvp(sys.argv[2], sys.argv[2:])
if child < 0:
    sys.exit(f'clone3: {ctypes.get_errno()}')
os.waitpid(child, 0)
`;

export const pidReused: Fault = {
  name: 'pid-reused',
  // To the pidfile it is the target, started anew.
  breaks: ['children'],
  says: "the target is killed, and another program gets its pid; what comes then is that one's doing",
  unavailable: needsRoot,
  strike: async ({ scene }) => {
    const { pid } = scene.driver;
    await scene.driver.stop();
    scene.driver = await startDriver('python3', '-c', WITH_PID, `${pid}`);
    writeFileSync(scene.pidfile, `${pid}\n`);
  },
};
