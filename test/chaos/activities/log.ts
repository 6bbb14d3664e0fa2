import type { Activity } from '../activity.ts';

export const log: Activity = {
  name: 'log',
  rule: 'lines',
  does: 'the target appends a line that a rule is about to its log',
  act: ({ driver, log: path }) => driver.run(`print('polling', file=open(${JSON.stringify(path)}, 'a'))`),
};
