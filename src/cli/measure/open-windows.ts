import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { controlClient } from '../../daemon/control/client.ts';
import { DAEMON_LOCK_FILE } from '../../model/file-names.ts';

/**
 * Says which windows of running daemons are open: where they are about what is measured now, they will be inconclusive, since the
 * daemon is told of the measurement. A daemon that does not answer is told nevertheless.
 */
export async function sayOpenWindows(
  stateFolders: readonly string[],
  say: (text: string) => void,
): Promise<void> {
  for (const folder of new Set(stateFolders)) {
    if (!existsSync(join(folder, DAEMON_LOCK_FILE))) continue;
    try {
      const { windows } = await controlClient(folder).status();
      const open = windows.filter(({ state }) => state === 'open').map(({ id }) => id);
      if (open.length > 0)
        say(
          `a daemon (${folder}) has windows open: ${open.join(', ')}; those about what is measured now will be inconclusive`,
        );
    } catch {
      // Nobody runs there, or it is somebody else's.
    }
  }
}
