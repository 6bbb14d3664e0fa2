import { POSTGRES, startPostgres } from '../postgres.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const postgres: ZooProgram = {
  name: 'postgres',
  commands: [POSTGRES, 'setpriv'],
  needsRoot: true,
  truth: { ...STILL, timers: 'irregular' },
  about: 'its helpers wake now and then; autovacuum is off',
  start: (keep) => keep(startPostgres(['autovacuum=off'])),
};
