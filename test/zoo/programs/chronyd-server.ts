import { startTimeClient, startTimeServer } from '../../support/debian-programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const chronydServer: ZooProgram = {
  name: 'chronyd as a server',
  commands: ['chronyd'],
  needsRoot: true,
  // It measures how well its own clock runs, at no promised times.
  truth: { ...STILL, timers: 'irregular' },
  about: 'answers a datagram every two seconds',
  start: async (keep) => {
    const { pid, port } = await keep(startTimeServer());
    await keep(startTimeClient(port));
    return { pid };
  },
};
