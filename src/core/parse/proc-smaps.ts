import { parseDeletedPath } from './deleted-path.ts';

/** Memory that a process has mapped of one file, all its mappings together. */
export interface MappedFile {
  path: string;
  /** Of address space. */
  mappedBytes: number;
  /** Of that in memory now. */
  residentBytes: number;
  isExecutable: boolean;
}

const HEADER = /^[0-9a-f]+-[0-9a-f]+ (\S{4}) [0-9a-f]+ \S+ \d+(?:\s+(.*))?$/;

/** The files in /proc/PID/smaps, largest first; anonymous memory and what the kernel names in brackets is left out. See proc_pid_smaps(5). */
export function parseProcSmaps(text: string): MappedFile[] {
  const files = new Map<string, MappedFile>();
  let current: MappedFile | null = null;
  for (const line of text.split('\n')) {
    const header = HEADER.exec(line);
    if (header !== null) {
      const [, mode = '', name = ''] = header;
      const { path } = parseDeletedPath(name);
      current = path.startsWith('/') ? (files.get(path) ?? started(path)) : null;
      if (current === null) continue;
      files.set(path, current);
      if (mode.includes('x')) current.isExecutable = true;
      continue;
    }
    if (current === null) continue;
    const [, key, kilobytes] = /^(Size|Rss):\s+(\d{1,15}) kB$/.exec(line) ?? [];
    if (key === 'Size') current.mappedBytes += Number(kilobytes) * 1024;
    else if (key === 'Rss') current.residentBytes += Number(kilobytes) * 1024;
  }
  return [...files.values()].sort((a, b) => b.mappedBytes - a.mappedBytes);
}

const started = (path: string): MappedFile => ({
  path,
  mappedBytes: 0,
  residentBytes: 0,
  isExecutable: false,
});
