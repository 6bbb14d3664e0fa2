import { startProgram } from '../../support/programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const pythonHttp: ZooProgram = {
  name: 'python3 -m http.server',
  commands: ['python3'],
  truth: { ...STILL, timers: { everySeconds: 0.5 } },
  about: 'wakes twice a second to see whether it should end',
  start: (keep) =>
    keep(startProgram((_, port) => ['python3', '-m', 'http.server', '--bind', '127.0.0.1', String(port)])),
};
