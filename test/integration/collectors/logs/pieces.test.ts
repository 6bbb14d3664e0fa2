import { appendFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasProgram } from '../../../support/programs.ts';
import { elsewhere, stopAll, TICK_MS, Watch } from './harness.ts';

const RUNNABLE = hasProgram('python3');
if (!RUNNABLE) console.log('skipped: there is no python3 to write the logs');

let folder: string;
let file: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-pieces-')));
  file = join(folder, 'app.log');
  writeFileSync(file, '[PERF] {"perf":"note"}\n'.repeat(20));
});
afterEach(() => {
  stopAll();
  rmSync(folder, { recursive: true, force: true });
});

const append = (text: string): void =>
  elsewhere('import sys; open(sys.argv[1], "a").write(sys.argv[2])', file, text);

/** Some looks, whatever is found at them. */
function looks(watch: Watch, count: number): { found: string[]; reasons: string[] } {
  const all = Array.from({ length: count }, () => watch.look());
  return { found: all.flatMap(({ found }) => found), reasons: all.flatMap(({ reasons }) => reasons) };
}

describe.skipIf(!RUNNABLE)('a line that another process writes in two pieces', () => {
  const TOOK = { regex: String.raw`^(?<clock>\S+) (?<category>\w+) took (?<took_ms>\d+) ms` };

  it.each<[string, 'perf' | 'jsonl' | typeof TOOK, string, string]>([
    ['inside of the mark', 'perf', '[PE', 'RF] {"perf":"tool_run"}\n'],
    ['inside of the record', 'perf', 'at noon [PERF] {"perf":"too', 'l_run"}\n'],
    ['before the mark', 'perf', 'at noon ', '[PERF] {"perf":"tool_run"}\n'],
    ['inside of an object', 'jsonl', '{"event":', '"tool_run"}\n'],
    ['where neither matches', TOOK, '10:01 tool_run to', 'ok 7 ms\n'],
  ])('%s is put together when its end comes, however late (%s)', (_, format, first, second) => {
    const watch = new Watch(file, format);
    watch.look();
    append(first);
    expect(looks(watch, 5)).toEqual({ found: [], reasons: [] });
    // A window that ends now waits for it, and has a gap where it does not come.
    expect(watch.collector.pending?.()).toBe(true);
    append(second);
    expect(looks(watch, 3)).toEqual({ found: ['tool_run'], reasons: [] });
    expect(watch.collector.pending?.()).toBe(false);
    expect(watch.collector.report?.()).toMatchObject({ status: 'ok', lost: 0 });
  });

  it('may have more than two, and come after minutes', () => {
    const watch = new Watch(file, 'perf');
    watch.look();
    for (const piece of ['[P', 'ERF] {"per', 'f":"tool_']) {
      append(piece);
      expect(looks(watch, 200)).toEqual({ found: [], reasons: [] });
    }
    append('run"}\n[PERF] {"perf":"next"}\n');
    expect(looks(watch, 3)).toEqual({ found: ['tool_run', 'next'], reasons: [] });
  });

  it('is a gap where its end does not come, and read all the same when it does', () => {
    const watch = new Watch(file, 'perf');
    watch.look();
    append('[PE');
    const { found, reasons } = looks(watch, 310);
    expect(found).toEqual([]);
    expect(reasons).toEqual([`the last line of ${file} has no end: what it says is not known`]);
    expect(watch.collector.pending?.()).toBe(false);
    append('RF] {"perf":"tool_run"}\n');
    expect(looks(watch, 3)).toEqual({ found: ['tool_run'], reasons: [] });
  });

  it('is told once where its first piece was whole but for its end', () => {
    const watch = new Watch(file, 'perf');
    watch.look();
    append('[PERF] {"perf":"tool_run"}');
    expect(looks(watch, 5)).toEqual({ found: ['tool_run'], reasons: [] });
    expect(watch.collector.pending?.()).toBe(false);
    append('\n[PERF] {"perf":"next"}\n');
    expect(looks(watch, 3)).toEqual({ found: ['next'], reasons: [] });
  });

  it('is a gap where its first piece seemed to say something else', () => {
    const watch = new Watch(file, { regex: String.raw`^\S+ (?<category>\w+)` });
    watch.look();
    append('10:01 tool_r');
    expect(looks(watch, 5)).toEqual({ found: ['tool_r'], reasons: [] });
    expect(watch.collector.pending?.()).toBe(true);
    append('un\n');
    const { found, reasons } = looks(watch, 3);
    expect(found).toEqual(['tool_run']);
    expect(reasons).toEqual([`a line of ${file} said something else before its end had come`]);
  });

  it('may have come since its first piece was seen', () => {
    const watch = new Watch(file, 'perf');
    watch.look();
    const begunMs = watch.nowMs;
    append('[PE');
    looks(watch, 10);
    appendFileSync(file, 'RF] {"perf":"tool_run"}\n');
    expect(watch.look().activities).toMatchObject([{ notBeforeMs: begunMs - TICK_MS }]);
  });
});
