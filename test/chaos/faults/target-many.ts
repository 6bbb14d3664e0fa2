import type { Fault } from '../fault.ts';

export const forkBomb: Fault = {
  name: 'fork-bomb',
  says: 'the target starts 300 children, each of which ends at once',
  windowSeconds: 8,
  breaks: ['children'],
  mayBreak: ['cpu'],
  strike: ({ scene }) =>
    scene.driver.run(
      `exec("""for _ in range(300):\\n pid = os.fork()\\n if pid == 0: os._exit(0)\\n os.waitpid(pid, 0)""")`,
    ),
};

export const thousandProcesses: Fault = {
  name: 'thousand-processes',
  says: 'the target has 1,000 children that sleep',
  windowSeconds: 8,
  moments: ['during'],
  setUp: ({ driver }) =>
    driver.run(
      `exec("""for _ in range(1000):\\n if os.fork() == 0:\\n  libc.prctl(1, 9, 0, 0, 0)\\n  while True: signal.pause()""")`,
    ),
};

export const tenThousandSockets: Fault = {
  name: 'ten-thousand-sockets',
  says: 'the target holds 10,000 sockets: both ends of 5,000 connections',
  windowSeconds: 8,
  moments: ['during'],
  unavailable: () => (process.geteuid?.() === 0 ? null : 'so many open files need root'),
  setUp: async ({ driver }) => {
    await driver.run('import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (12_000, 12_000))');
    await driver.run(
      `exec("""server = socket.socket(); server.bind(('127.0.0.1', 0)); server.listen(99)\\nheld = [connect(server) for _ in range(5000)]""")`,
    );
  },
};

export const unreachable: Fault = {
  name: 'unreachable',
  says: 'the target tries to connect where nobody can be reached',
  breaks: ['calls'],
  strike: ({ scene }) =>
    scene.driver.run(
      `socket.socket(socket.AF_INET6).connect_ex(('2001:db8::1', 9)); socket.socket().connect_ex(('127.0.0.1', 1))`,
    ),
};
