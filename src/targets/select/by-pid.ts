import { escapeControls } from '../../core/parse/escape-controls.ts';
import { parseKeyValues } from '../../core/parse/key-values.ts';
import { IdleproofError } from '../../errors.ts';
import { permitted } from '../process-table.ts';
import type { Scene } from '../scene.ts';

/** The process itself, unless it is out of bounds. */
export function selectByPid(scene: Scene, pid: number): number[] {
  const { table, guard } = scene;
  const stat = table.get(pid);
  if (stat === undefined) throw notAProcess(scene, pid);
  const reason = guard.refusal(table, stat);
  if (reason !== null)
    throw new IdleproofError('TARGET_REFUSED', { pid, name: escapeControls(stat.name), reason });
  return [pid];
}

/** A thread has a folder in /proc that no listing shows, and which names its process: Tgid in proc_pid_status(5). */
function notAProcess({ procfs, table }: Scene, pid: number): IdleproofError {
  const status = permitted(() => procfs.read(`${pid}/status`)) ?? '';
  const owner = table.get(Number(parseKeyValues(status).get('Tgid')));
  if (owner === undefined) return new IdleproofError('PID_NOT_FOUND', { pid });
  return new IdleproofError('PID_IS_THREAD', { tid: pid, pid: owner.pid, name: escapeControls(owner.name) });
}
