import { join } from 'node:path';
import type { Activity } from '../activity.ts';

export const file: Activity = {
  name: 'file',
  rule: 'writes',
  does: 'the target creates a file in a watched folder',
  act: ({ driver, files }) =>
    driver.run(`open(${JSON.stringify(join(files, 'state.json'))}, 'w').write('{}')`),
};
