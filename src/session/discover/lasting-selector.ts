import { escapeControls } from '../../core/parse/escape-controls.ts';
import { describeSelector } from '../../core/parse/selector.ts';
import { IdleproofError } from '../../errors.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { Selector } from '../../model/target.ts';
import type { Procfs } from '../../os/procfs.ts';
import { resolveTargets } from '../../targets/target-set.ts';

const PROBE = 'probe';

/**
 * A selector that finds the same processes after a restart, in the place of a pid: the port, else the name, as far as it leads to
 * exactly these processes now. Others than pids stay as they were given.
 */
export function lastingSelector(
  procfs: Procfs,
  given: Selector,
  { processes, ports }: { processes: readonly WatchedProcess[]; ports: readonly number[] },
): { select: Selector; note: string | null } {
  if (given.by !== 'pid') return { select: given, note: null };
  const names = processes.filter(({ membership }) => membership === 'root').map(({ name }) => name);
  const wanted = keysOf(processes);
  const others: Selector[] = [
    ...ports.map((port): Selector => ({ by: 'port', port })),
    ...[...new Set(names)].map((name): Selector => ({ by: 'name', name })),
  ];
  const found = others.find((select) => keysOf(resolve(procfs, select)) === wanted);
  const asked = escapeControls(describeSelector(given));
  if (found !== undefined)
    return { select: found, note: `asked for was ${asked}, which ends with its process` };
  const whole = others.find((select) => holdsMore(resolve(procfs, select), processes));
  const more =
    whole === undefined
      ? 'name the app by something that lasts'
      : `${escapeControls(describeSelector(whole))} is the whole app that it is a part of`;
  return { select: given, note: `${asked} ends with its process: ${more}` };
}

/** A worker is not its app: what the others do would go unseen. */
function holdsMore(found: readonly WatchedProcess[], known: readonly WatchedProcess[]): boolean {
  const pids = new Set(found.map(({ pid }) => pid));
  return found.length > known.length && known.every(({ pid }) => pids.has(pid));
}

/** The processes that a selector finds now; none where it finds nobody, or not without doubt. */
function resolve(procfs: Procfs, select: Selector): readonly WatchedProcess[] {
  try {
    const specs = [{ name: PROBE, select, tree: true, events: null }];
    return resolveTargets(specs, { procfs, nowMs: () => Date.now() }).processes;
  } catch (error) {
    if (error instanceof IdleproofError) return [];
    throw error;
  }
}

const keysOf = (processes: readonly WatchedProcess[]): string =>
  processes
    .filter(({ membership }) => membership === 'root')
    .map(({ pid, startTicks }) => `${pid}:${startTicks}`)
    .sort()
    .join();
