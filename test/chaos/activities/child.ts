import type { Activity } from '../activity.ts';

export const child: Activity = {
  name: 'child',
  rule: 'children',
  does: 'the target starts a child process, which ends at once',
  act: ({ driver }) => driver.run(`os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)`),
};
