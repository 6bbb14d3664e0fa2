import { startExporter, startPrometheus } from '../../support/debian-programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const nodeExporter: ZooProgram = {
  name: 'prometheus-node-exporter',
  commands: ['prometheus', 'prometheus-node-exporter'],
  truth: { ...STILL, timers: 'irregular' },
  about: 'answers who asks, every two seconds',
  start: async (keep) => {
    const { pid, port } = await keep(startExporter());
    await keep(startPrometheus(port));
    return { pid };
  },
};
