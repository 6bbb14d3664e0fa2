import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { IdleproofError } from '../../errors.ts';
import { readBootAtMs, readFacts } from '../process-info.ts';
import type { Scene } from '../scene.ts';
import { selectByPid } from './by-pid.ts';

/** A process that started this much after its pidfile was written is another one with the same pid. */
const REUSED_AFTER_MS = 2_000;
const MAX_BYTES = 64;

/** The process whose pid stands in the first line of the file (PostgreSQL writes more lines below). */
export function selectByPidfile(scene: Scene, path: string): number[] {
  const { text, modifiedAtMs } = readPidfile(path);
  const [first = ''] = text.split('\n', 1);
  const pid = /^\s*\d{1,7}\s*$/u.test(first) ? Number(first) : 0;
  if (pid === 0) throw invalid(path, text.trim() === '' ? 'it is empty' : 'it does not begin with a pid');
  const stat = scene.table.get(pid);
  if (stat === undefined) throw invalid(path, `it is stale, there is no process ${pid}`);
  const wallBootAtMs = readBootAtMs(scene.procfs, Date.now());
  const lateMs = readFacts(scene.procfs, stat, wallBootAtMs).startedAtMs - modifiedAtMs;
  if (lateMs > REUSED_AFTER_MS) {
    throw invalid(
      path,
      `it is stale, process ${pid} started ${Math.round(lateMs / 1000)} s after it was written`,
    );
  }
  return selectByPid(scene, pid);
}

/** Changes when another process has taken over, and when the file was written: it may have named another one in between. */
export function pidfileSignature(path: string): string {
  try {
    const { dev, ino, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return `${dev}:${ino}:${mtimeNs}:${ctimeNs}:${readPidfile(path).text}`;
  } catch {
    return '';
  }
}

function readPidfile(path: string): { text: string; modifiedAtMs: number } {
  try {
    const fd = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(MAX_BYTES);
      const length = readSync(fd, buffer, 0, MAX_BYTES, 0);
      return { text: buffer.toString('latin1', 0, length), modifiedAtMs: fstatSync(fd).mtimeMs };
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw invalid(path, 'there is no such file');
    if (code === 'EACCES') throw invalid(path, 'it may not be read');
    throw invalid(path, `it cannot be read (${code ?? String(error)})`);
  }
}

const invalid = (path: string, problem: string): IdleproofError =>
  new IdleproofError('PIDFILE_INVALID', { path, problem });
