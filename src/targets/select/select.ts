import type { Selector } from '../../model/target.ts';
import type { Procfs } from '../../os/procfs.ts';
import { commandEnded, type StartedCommand } from '../command/started-command.ts';
import type { Scene, Selection } from '../scene.ts';
import { selectByCgroup, selectByUnit } from './by-cgroup.ts';
import { selectByCmdline } from './by-cmdline.ts';
import { selectByContainer } from './by-container.ts';
import { selectByName } from './by-name.ts';
import { selectByPid } from './by-pid.ts';
import { pidfileSignature, selectByPidfile } from './by-pidfile.ts';
import { portSignature, selectByPort } from './by-port.ts';

/** Finds a target. Throws an IdleproofError that says why there is no root, or more than one program. */
export function selectRoots(scene: Scene, select: Selector, command: StartedCommand | null): Selection {
  switch (select.by) {
    case 'unit':
      return selectByUnit(scene, select.unit);
    case 'cgroup':
      return selectByCgroup(scene, select.cgroup);
    case 'container':
      return selectByContainer(scene, select.container);
    default:
      return { pids: selectPids(scene, select, command), cgroup: null };
  }
}

function selectPids(
  scene: Scene,
  select: Exclude<Selector, { by: 'unit' | 'cgroup' | 'container' }>,
  command: StartedCommand | null,
): readonly number[] {
  switch (select.by) {
    case 'pid':
      return selectByPid(scene, select.pid);
    case 'pidfile':
      return selectByPidfile(scene, select.path);
    case 'name':
      return selectByName(scene, select.name);
    case 'cmdline':
      return selectByCmdline(scene, select.pattern);
    case 'port':
      return selectByPort(scene, select.port);
    default:
      return selectCommand(scene, command);
  }
}

/** Changes when the selector may lead to another process although the old one still lives; null where it cannot. */
export function selectorSignature(procfs: Procfs, select: Selector): string | null {
  if (select.by === 'port') return portSignature(procfs, select.port);
  return select.by === 'pidfile' ? pidfileSignature(select.path) : null;
}

/** The main process of a command, or, when it left its work to daemons and ended, these. */
function selectCommand({ table, guard }: Scene, command: StartedCommand | null): readonly number[] {
  if (command === null) throw new Error('a command has to be started before it can be watched');
  if (command.exited() === null && table.has(command.pid)) return [command.pid];
  const daemons = [...table.values()].filter((stat) => guard.isAdopted(stat) && stat.state !== 'Z');
  if (daemons.length === 0) throw commandEnded(command);
  return daemons.map(({ pid }) => pid);
}
