import { closeSync, openSync, readSync } from 'node:fs';

/** What is read of a network namespace below /proc/PID/net. */
const FILES = ['snmp', 'snmp6', 'netstat', 'tcp', 'tcp6', 'udp', 'udp6'] as const;
export type NamespaceFile = (typeof FILES)[number];

const CHUNK_BYTES = 16 * 1024;

/**
 * The counters and tables of a network namespace, kept open: an open file of /proc/PID/net belongs to the namespace and not to the
 * process, and keeps it alive, so that its last counters can be read when all of its processes have ended.
 */
export class KeptNamespace {
  /** As counter readings name it: `network:<inode>`. */
  readonly scope: string;
  readonly #fds: Map<NamespaceFile, number> = new Map();

  /** Throws where /proc/PID/net cannot be opened; `snmp6` and its like are not there on a host without IPv6. */
  constructor(scope: string, pid: number) {
    this.scope = scope;
    for (const file of FILES) {
      try {
        this.#fds.set(file, openSync(`/proc/${pid}/net/${file}`, 'r'));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT' && file.endsWith('6')) continue;
        this.close();
        throw error;
      }
    }
  }

  /** The whole text as of now; empty where the host has no such file. */
  read(file: NamespaceFile): string {
    const fd = this.#fds.get(file);
    if (fd === undefined) return '';
    const chunks: Buffer[] = [];
    for (let at = 0; ; ) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const length = readSync(fd, chunk, 0, CHUNK_BYTES, at);
      if (length === 0) return Buffer.concat(chunks).toString('latin1');
      chunks.push(chunk.subarray(0, length));
      at += length;
    }
  }

  /** Lets the namespace go. */
  close(): void {
    for (const fd of this.#fds.values()) closeSync(fd);
    this.#fds.clear();
  }
}
