import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChangeWatcher, watchChanges } from '../../../src/daemon/change-watcher.ts';

let folder: string;
let watcher: ChangeWatcher | null = null;
let changes = 0;
let problems: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-changes-'));
  changes = 0;
  problems = [];
});
afterEach(async () => {
  await watcher?.close();
  rmSync(folder, { recursive: true, force: true });
});

const open = (...paths: string[]): void => {
  watcher = watchChanges(paths, {
    onChange: () => (changes += 1),
    onProblem: (problem) => problems.push(problem),
  });
};

async function until(wanted: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 200 && !wanted(); attempt += 1) await sleep(50);
  expect(wanted()).toBe(true);
}

describe('changes of files', () => {
  it('are seen when a file is replaced, each time', async () => {
    const path = join(folder, 'idleproof.yaml');
    writeFileSync(path, '1');
    open(path);
    await sleep(300);
    for (const round of [1, 2]) {
      writeFileSync(`${path}.new`, `${round} more`);
      renameSync(`${path}.new`, path);
      await until(() => changes === round);
    }
    expect(problems).toEqual([]);
  });

  it('of a file that cannot be watched are a problem, and no end of the process', async () => {
    open(join(folder, 'a'.repeat(300)));
    await until(() => problems.length > 0);
    expect(problems[0]).toMatch(/ENAMETOOLONG/);
  });
});
