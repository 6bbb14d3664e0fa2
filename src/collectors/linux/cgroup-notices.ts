import { sayProcess } from '../../core/wording/process.ts';
import type { DisturbanceKind, DisturbanceNotice } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { CgroupState } from './cgroup-states.ts';

/** What a process's cgroups say against it. */
export interface CgroupNotices {
  /** It is frozen, or nobody knows whether it is. */
  held: DisturbanceNotice[];
  /** For this look only: a quota holds back for a part of its period, then the process runs again. */
  throttled: DisturbanceNotice[];
}

/** @param state null: the process is gone; undefined: it may not be read */
export function cgroupNotices(process: WatchedProcess, state: CgroupState | null | undefined): CgroupNotices {
  const notice = (kind: DisturbanceKind, detail: string): DisturbanceNotice[] => [
    { target: process.target, kind, detail },
  ];
  const of = `the cgroup of ${sayProcess(process)}`;
  if (state === undefined) return { held: notice('unobserved', `${of} cannot be read`), throttled: [] };
  const { frozen = null, throttled = null, hidden = null } = state ?? {};
  const unseen = hidden === null ? [] : notice('unobserved', `${of} is not visible here`);
  return {
    held: frozen === null ? unseen : notice('frozen', `the cgroup ${frozen} is frozen`),
    throttled:
      throttled === null ? [] : notice('throttled', `the CPU quota of the cgroup ${throttled} held it back`),
  };
}
