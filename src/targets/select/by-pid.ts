import { IdleproofError } from '../../errors.ts';
import { escapeControls } from '../../core/parse/escape-controls.ts';
import type { Scene } from '../scene.ts';

/** The process itself, unless it is out of bounds. */
export function selectByPid({ table, guard }: Scene, pid: number): number[] {
  const stat = table.get(pid);
  if (stat === undefined) throw new IdleproofError('PID_NOT_FOUND', { pid });
  const reason = guard.refusal(table, stat);
  if (reason !== null)
    throw new IdleproofError('TARGET_REFUSED', { pid, name: escapeControls(stat.name), reason });
  return [pid];
}
