import type { Activity } from '../activity.ts';

export const log: Activity = {
  name: 'log',
  rule: 'writes',
  does: 'the target appends a line to its log, in a watched folder',
  act: ({ driver, log: path }) => driver.run(`print('polling', file=open(${JSON.stringify(path)}, 'a'))`),
};
