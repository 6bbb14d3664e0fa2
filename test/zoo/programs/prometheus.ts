import { startExporter, startPrometheus } from '../../support/debian-programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const prometheus: ZooProgram = {
  name: 'prometheus',
  commands: ['prometheus', 'prometheus-node-exporter'],
  // Go asks the kernel to keep each connection alive, every 15 s of silence: there is none.
  truth: { ...STILL, network: { everySeconds: 5 }, timers: { everySeconds: 5 } },
  about: 'asks an exporter every five seconds, on one connection; some 800 wakes a minute of its runtime',
  start: async (keep) => {
    const { port } = await keep(startExporter());
    const { pid } = await keep(startPrometheus(port, '5s'));
    return { pid, calls: { protocol: 'tcp', port } };
  },
};
