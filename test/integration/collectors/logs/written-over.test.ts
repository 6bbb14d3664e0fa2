import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasProgram } from '../../../support/programs.ts';
import { elsewhere, stopAll, Watch } from './harness.ts';

const RUNNABLE = hasProgram('python3');
if (!RUNNABLE) console.log('skipped: there is no python3 to write the logs');

const NOTE = '[PERF] {"perf":"note", "text": "as it was before"}\n';
const LINE = '[PERF] {"perf":"tool_run"}\n';
const OPEN = 'import mmap, os, sys; path, line = sys.argv[1], sys.argv[2].encode()';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-over-')));
  file = join(folder, 'app.log');
  writeFileSync(file, NOTE.repeat(20));
  // What follows is told from what was before by its time stamp.
  await sleep(50);
});
afterEach(() => {
  stopAll();
  rmSync(folder, { recursive: true, force: true });
});

const write = (script: string): void => elsewhere(`${OPEN}\n${script}`, file, LINE);
const GAP = (): string =>
  `${file} was written to and did not grow: a line may have been written over, or appended and cut away`;

describe.skipIf(!RUNNABLE)('a log that another process writes to and that does not grow', () => {
  it.each<[string, string]>([
    [
      'a line is appended and cut away at once',
      'size = os.stat(path).st_size; f = open(path, "ab", 0); f.write(line); os.truncate(path, size)',
    ],
    ['its first line is written over', 'f = open(path, "r+b", 0); f.write(line[:-1])'],
    [
      'a line is written over and put back',
      'f = open(path, "r+b", 0); old = f.read(len(line)); f.seek(0); f.write(line); f.seek(0); f.write(old)',
    ],
  ])('has a gap where %s', (_, script) => {
    const watch = new Watch(file, 'perf');
    watch.look();
    const { size } = statSync(file);
    write(script);
    expect(statSync(file).size).toBe(size);
    expect(watch.look()).toMatchObject({ found: [], reasons: [GAP()] });
    expect(watch.look()).toMatchObject({ found: [], reasons: [] });
  });

  it('has a gap where it was empty before and is again', () => {
    writeFileSync(file, '');
    const watch = new Watch(file, 'perf');
    watch.look();
    write('f = open(path, "ab", 0); f.write(line); os.truncate(path, 0)');
    expect(watch.look()).toMatchObject({ found: [], reasons: [GAP()] });
  });

  it('has a gap where a page of it is written in memory, as far as its stamp tells', (context) => {
    const watch = new Watch(file, 'perf');
    watch.look();
    const { mtimeMs } = statSync(file);
    write('f = open(path, "r+b"); m = mmap.mmap(f.fileno(), 0); m[:len(line)] = line; m.flush(); m.close()');
    expect(readFileSync(file, 'utf8')).toContain('tool_run');
    if (statSync(file).mtimeMs === mtimeMs) {
      console.log(`skipped: the file system of ${folder} does not stamp what is written in memory`);
      context.skip('no stamp');
    }
    expect(watch.look()).toMatchObject({ found: [], reasons: [GAP()] });
  });
});

describe.skipIf(!RUNNABLE)('a log that another process appends to', () => {
  it('has no gap, however often it is looked at meanwhile', () => {
    const watch = new Watch(file, 'perf');
    watch.look();
    const found: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      write('f = open(path, "ab", 0)\nfor _ in range(50): f.write(line)');
      for (const { reasons, found: some } of [watch.look(), watch.look()]) {
        expect(reasons).toEqual([]);
        found.push(...some);
      }
    }
    expect(found).toEqual(Array.from({ length: 1000 }, () => 'tool_run'));
  });
});
