import type { Fault } from '../fault.ts';
import { needsTrace } from '../trace-instances.ts';

const FLOOD = `exec("""u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\\nfor _ in range(40_000): u.sendto(b'x', ('127.0.0.1', 9))""")`;

export const traceOverflows: Fault = {
  name: 'trace-overflows',
  says: "the target sends 40,000 datagrams: more than the trace's buffer holds",
  isAlone: true,
  windowSeconds: 8,
  unavailable: needsTrace,
  breaks: ['calls'],
  mayBreak: ['cpu'],
  strike: ({ scene }) => scene.driver.run(FLOOD),
  missed: ({ proof }) => {
    const lost = proof?.coverage.collectors.find(({ name }) => name === 'trace')?.lost ?? 0;
    return proof !== null && lost === 0 ? 'the trace lost nothing' : null;
  },
};
