import { startTimeClient, startTimeServer } from '../../support/debian-programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const chronyd: ZooProgram = {
  name: 'chronyd',
  commands: ['chronyd'],
  needsRoot: true,
  truth: { ...STILL, network: { everySeconds: 4.04 }, timers: { everySeconds: 4.04 } },
  about: 'one datagram a poll of 4 s, jittered on purpose, from a new socket each time',
  start: async (keep) => {
    const { port } = await keep(startTimeServer());
    const { pid } = await keep(startTimeClient(port, 2));
    return { pid, calls: { protocol: 'udp', port } };
  },
};
