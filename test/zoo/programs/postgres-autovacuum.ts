import { POSTGRES, startPostgres, workersAt } from '../postgres.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const postgresAutovacuum: ZooProgram = {
  name: 'postgres, autovacuum every 5 s',
  commands: [POSTGRES, 'setpriv'],
  needsRoot: true,
  truth: { ...STILL, spawns: { everySeconds: 5 }, timers: 'irregular' },
  about: 'starts a worker every five seconds, which looks at a database and ends',
  start: async (keep) => {
    const program = await keep(startPostgres(['autovacuum_naptime=5s', 'log_min_messages=debug1']));
    return { pid: program.pid, startedAtMs: workersAt(program) };
  },
};
