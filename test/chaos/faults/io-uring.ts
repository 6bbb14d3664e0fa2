import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Fault } from '../fault.ts';

const RING: string = fileURLToPath(new URL('../../fixtures/programs/io_uring_send.py', import.meta.url));

function disabled(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/io_uring_disabled', 'utf8').trim() === '0'
      ? null
      : 'io_uring is disabled';
  } catch {
    return 'the kernel does not tell whether there is io_uring';
  }
}

export const ioUring: Fault = {
  name: 'io-uring',
  says: "the target holds an io_uring, and sends its datagram through it: one of the kernel's workers does",
  unavailable: disabled,
  moments: ['during'],
  setUp: async (scene) => {
    await scene.driver.run(
      `import importlib.util; spec = importlib.util.spec_from_file_location('ring', ${JSON.stringify(RING)}); ring_module = importlib.util.module_from_spec(spec); spec.loader.exec_module(ring_module)`,
    );
    await scene.driver.run(
      `out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); out.connect(('127.0.0.1', ${scene.peer.udpPort})); ring = ring_module.Ring()`,
    );
    scene.datagram = `ring.send(out.fileno(), b'x')`;
  },
};
