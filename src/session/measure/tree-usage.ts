import { isModelFile } from '../../core/discovery/model-file.ts';
import { type MappedFile, parseProcSmaps } from '../../core/parse/proc-smaps.ts';
import type { ProcStat } from '../../core/parse/proc-stat.ts';
import { parseProcStatus } from '../../core/parse/proc-status.ts';
import { parsePssBytes } from '../../core/parse/smaps-rollup.ts';
import { TICKS_PER_SECOND } from '../../model/clock-ticks.ts';
import type { ProcessKey } from '../../model/process.ts';
import { nativeCpuClock, schedstatCpuClock } from '../../os/cpu-clock.ts';
import { livingFolder } from '../../os/living-folder.ts';
import { Procfs } from '../../os/procfs.ts';
import { readCommandTree } from '../../targets/command/command-tree.ts';
import { permitted } from '../../targets/process-table.ts';

/** What a command's tree has used and holds at one moment. Null: of one of its processes it cannot be read. */
export interface TreeUsage {
  processes: ProcessKey[];
  /** With that of children that were waited for. */
  cpuSeconds: number | null;
  rssBytes: number | null;
  pssBytes: number | null;
  /** Files of models that are mapped or open; null: of one process that cannot be told. */
  modelFiles: ModelFile[] | null;
}

interface ModelFile {
  path: string;
  how: 'mapped' | 'open';
  mappedBytes: number;
  residentBytes: number;
}

/** A file of that size that is mapped as data is taken for a model whatever its name. */
const LARGE_BYTES = 64 * 1024 ** 2;
const MOST_FILES = 20;

export function readTreeUsage(roots: readonly ProcessKey[]): TreeUsage {
  const procfs = new Procfs();
  const running = readCommandTree(procfs, roots);
  const clock = nativeCpuClock() ?? schedstatCpuClock(procfs);
  const sum = (read: (stat: ProcStat) => number | null): number | null => {
    let total = 0;
    for (const stat of running) {
      const value = permitted(() => read(stat));
      if (value === null) return null;
      total += value;
    }
    return running.length === 0 ? null : total;
  };
  return {
    processes: running.map(({ pid, startTicks }) => ({ pid, startTicks })),
    cpuSeconds: sum(({ pid, reapedTicks }) => {
      const ns = clock(pid);
      return ns === null ? null : ns / 1e9 + reapedTicks / TICKS_PER_SECOND;
    }),
    rssBytes: sum((stat) => {
      const text = procfs.read(`${livingFolder(procfs, stat.pid, stat)}/status`);
      return text === null ? null : parseProcStatus(text).rssBytes;
    }),
    pssBytes: sum((stat) =>
      parsePssBytes(procfs.read(`${livingFolder(procfs, stat.pid, stat)}/smaps_rollup`) ?? ''),
    ),
    modelFiles: modelFilesOf(procfs, running),
  };
}

function modelFilesOf(procfs: Procfs, running: readonly ProcStat[]): ModelFile[] | null {
  if (running.length === 0) return null;
  const found = new Map<string, ModelFile>();
  for (const stat of running) {
    const folder = livingFolder(procfs, stat.pid, stat);
    const text = permitted(() => procfs.read(`${folder}/smaps`));
    const descriptors = permitted(() => procfs.list(`${folder}/fd`));
    if (text === null || descriptors === null) return null;
    for (const file of parseProcSmaps(text)) {
      if (!isModel(file)) continue;
      const { path, mappedBytes, residentBytes } = file;
      const known = found.get(path);
      if (known === undefined || known.residentBytes < residentBytes)
        found.set(path, { path, how: 'mapped', mappedBytes, residentBytes });
    }
    for (const descriptor of descriptors) {
      const path = permitted(() => procfs.link(`${folder}/fd/${descriptor}`));
      if (path === null || !isModelFile(path) || found.has(path)) continue;
      found.set(path, { path, how: 'open', mappedBytes: 0, residentBytes: 0 });
    }
  }
  return [...found.values()].sort((a, b) => b.mappedBytes - a.mappedBytes).slice(0, MOST_FILES);
}

const isModel = ({ path, mappedBytes, isExecutable }: MappedFile): boolean =>
  isModelFile(path) || (mappedBytes >= LARGE_BYTES && !isExecutable && !/\.so(?:\.|$)/.test(path));
