import { existsSync } from 'node:fs';
import { parseOwner } from '../../core/parse/proc-owner.ts';
import { parseProcMount } from '../../core/parse/proc-mount.ts';
import type { WatchedProcess } from '../../model/process.ts';
import { loadNative } from '../../os/native.ts';
import type { Procfs } from '../../os/procfs.ts';

/** What decides, beside the collectors themselves, how much can be seen here and how to see more. */
export interface Circumstances {
  userId: number;
  /** Users that the watched processes run as; those that cannot be read are left out. */
  targetUserIds: number[];
  /** koffi could be loaded: CPU clocks and netlink are at hand. */
  native: boolean;
  container: boolean;
  /** /proc hides the processes of other users. */
  processesHidden: boolean;
  /** Group that /proc does not hide them from; null: none. */
  seeingGroup: number | null;
  /** Whether an ordinary user may make a network namespace; null: the kernel does not tell. */
  userNamespaces: boolean | null;
}

/** Left there by docker, podman and systemd-nspawn. */
const CONTAINER_FILES: readonly string[] = [
  '/.dockerenv',
  '/run/.containerenv',
  '/run/host/container-manager',
];

/** Below /proc/sys, with the value that forbids user namespaces. The first two are of Debian and Ubuntu. */
const FORBIDDING: readonly { path: string; value: string }[] = [
  { path: 'sys/kernel/unprivileged_userns_clone', value: '0' },
  { path: 'sys/kernel/apparmor_restrict_unprivileged_userns', value: '1' },
  { path: 'sys/user/max_user_namespaces', value: '0' },
];

/** Who looks at these processes, and from where; what cannot be read is left out. */
export function readCircumstances(procfs: Procfs, processes: readonly WatchedProcess[]): Circumstances {
  const { hidesOthers, seeingGroup } = parseProcMount(tryRead(procfs, 'self/mountinfo') ?? '');
  const owners = processes.flatMap(({ pid }) => parseOwner(tryRead(procfs, `${pid}/status`) ?? '') ?? []);
  return {
    userId: process.geteuid?.() ?? 0,
    targetUserIds: [...new Set(owners)],
    native: loadNative() !== null,
    container: process.env['container'] !== undefined || CONTAINER_FILES.some((path) => existsSync(path)),
    processesHidden: hidesOthers,
    seeingGroup,
    userNamespaces: mayMakeNamespaces(procfs),
  };
}

function mayMakeNamespaces(procfs: Procfs): boolean | null {
  const settings = FORBIDDING.map(({ path, value }) => ({ text: tryRead(procfs, path)?.trim(), value }));
  if (settings.some(({ text, value }) => text === value)) return false;
  return settings.every(({ text }) => text === undefined) ? null : true;
}

function tryRead(procfs: Procfs, path: string): string | null {
  try {
    return procfs.read(path);
  } catch {
    return null;
  }
}
