/** A mapping of a file from which code is executed. */
export interface CodeMapping {
  address: number;
  sizeBytes: number;
  /** Pages in memory, shared with whoever else runs the same file. */
  rssBytes: number;
  /** Pages that this process has changed, which the file does not have: a breakpoint, a relocation. */
  privateBytes: number;
  path: string;
}

/** `00b72000-025fe000 r-xp 00772000 fe:00 260689  /usr/bin/node` */
const CODE = /^([\da-f]+)-([\da-f]+) r-xp \S+ \S+ [1-9]\d*\s+(\/.*)$/;

/** Picks the mappings of files' code out of /proc/PID/smaps; see proc_pid_smaps(5). */
export function parseCodeMappings(text: string): CodeMapping[] {
  const mappings: CodeMapping[] = [];
  let current: CodeMapping | null = null;
  for (const line of text.split('\n')) {
    const [name = '', value, unit] = line.split(/\s+/, 3);
    if (unit === 'kB') {
      const bytes = Number(value) * 1024;
      if (current !== null && name === 'Rss:') current.rssBytes = bytes;
      else if (current !== null && name === 'Anonymous:') current.privateBytes = bytes;
    } else if (/^[\da-f]+-/.test(name)) {
      current = toMapping(line);
      if (current !== null) mappings.push(current);
    }
  }
  return mappings;
}

function toMapping(line: string): CodeMapping | null {
  const [, from, to, path] = CODE.exec(line) ?? [];
  if (from === undefined || to === undefined || path === undefined) return null;
  const address = Number.parseInt(from, 16);
  const sizeBytes = Number.parseInt(to, 16) - address;
  return { address, sizeBytes, rssBytes: 0, privateBytes: 0, path };
}
