import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TargetSpec } from '../../../src/model/target.ts';
import { assertSourceFolders } from '../../../src/session/source-folders.ts';
import { watchedProcess } from '../../support/watched-process.ts';

const base = mkdtempSync(join(tmpdir(), 'idleproof-sources-'));
beforeAll(() => {
  mkdirSync(join(base, 'data'));
  writeFileSync(join(base, 'file'), '');
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const running = [watchedProcess(process.pid)];
const app = (over: Partial<TargetSpec>): TargetSpec => ({
  name: 'app',
  select: { by: 'pid', pid: process.pid },
  tree: true,
  events: null,
  ...over,
});
const logAt = (...path: string[]): Partial<TargetSpec> => ({
  logs: [{ file: join(base, ...path), format: 'perf' }],
});
const eventsAt = (...path: string[]): Partial<TargetSpec> => ({
  events: { sqlite: join(base, ...path), table: 'events' },
});

describe('the folder of a log or database', () => {
  it.each([
    ['a log, and no folder', logAt('dta', 'app.log')],
    ['a log below a file', logAt('file', 'app.log')],
    ['a log below what is below a file', logAt('file', 'dta', 'app.log')],
    ['a database, and no folder', eventsAt('dta', 'app.db')],
    ['one of two logs', { logs: [...(logAt('data', 'a').logs ?? []), ...(logAt('dta', 'b').logs ?? [])] }],
  ])('is an error where the app runs: %s', (_, sources) => {
    expect(() => assertSourceFolders([app(sources)], running)).toThrow(/there is no folder/u);
  });

  it('is none where only the file is not there', () => {
    expect(() => {
      assertSourceFolders([app({ ...logAt('data', 'app.log'), ...eventsAt('data', 'app.db') })], running);
    }).not.toThrow();
  });

  it('may be made by an app that does not run yet, or was started just now', () => {
    const lost = logAt('dta', 'app.log');
    expect(() => {
      assertSourceFolders([app(lost)], []);
      assertSourceFolders([app({ ...lost, select: { by: 'command', argv: ['app'] } })], running);
    }).not.toThrow();
  });
});
