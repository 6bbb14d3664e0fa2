import { execFileSync } from 'node:child_process';
import { containerIds } from '../../core/parse/proc-cgroup.ts';
import { IdleproofError } from '../../errors.ts';
import type { Scene, Selection } from '../scene.ts';
import { readCgroups, selectByCgroups } from './by-cgroup.ts';
import { candidates } from './candidates.ts';

const ENGINES = ['docker', 'podman'];
const ENGINE_TIMEOUT_MS = 5_000;

/** The beginning of an id, as `docker ps` shows it. */
const ID_PREFIX = /^[0-9a-f]{4,64}$/u;

/** All processes of a container, by its id, the beginning of its id, or its name (which its engine is asked for). */
export function selectByContainer(scene: Scene, container: string): Selection {
  const selector = `container ${container}`;
  const id = findContainerId(scene, container);
  const found =
    id === null
      ? null
      : selectByCgroups(scene, (paths) => paths.some((path) => containerIds(path).includes(id)));
  if (found !== null) return found;
  const problem = id === null ? 'no such container runs, as far as can be seen here' : 'it is not running';
  const hint = 'docker ps --no-trunc (or podman ps) shows the ids: give the id instead of the name.';
  throw new IdleproofError('CGROUP_NOT_FOUND', { selector, problem, hint });
}

/** The whole id of a container; null where none is found. Asks docker and podman for a name. */
function findContainerId(scene: Scene, container: string): string | null {
  const running = new Set(
    candidates(scene).flatMap(({ pid }) => readCgroups(scene.procfs, pid).flatMap(containerIds)),
  );
  if (ID_PREFIX.test(container)) {
    const matches = [...running].filter((id) => id.startsWith(container));
    if (matches.length === 1) return matches[0] ?? null;
    if (matches.length > 1) {
      throw new IdleproofError('TARGET_AMBIGUOUS', {
        selector: `container ${container}`,
        count: matches.length,
        candidates: matches.join('; '),
      });
    }
  }
  for (const engine of ENGINES) {
    const id = inspect(engine, container);
    if (id !== null) return id;
  }
  return null;
}

/** Asks a container engine for the id behind a name; null when there is no such engine, or no such container. */
function inspect(engine: string, name: string): string | null {
  if (name.startsWith('-')) return null;
  try {
    const id = execFileSync(engine, ['inspect', '--type', 'container', '--format', '{{.Id}}', name], {
      encoding: 'utf8',
      timeout: ENGINE_TIMEOUT_MS,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return /^[0-9a-f]{64}$/u.test(id) ? id : null;
  } catch {
    return null;
  }
}
