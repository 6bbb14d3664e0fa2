import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** Makes a folder of its own before each test of a file, tells it, and removes it with all that is in it after the test. */
export function folderForEach(prefix: string, use: (folder: string) => void): void {
  let folder: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), prefix)));
    use(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
}
