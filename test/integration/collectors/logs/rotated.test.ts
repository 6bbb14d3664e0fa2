import {
  appendFileSync,
  openSync,
  closeSync,
  renameSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
  copyFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { folderForEach } from '../../../support/folder-for-each.ts';
import { line, stopAll, Watch } from './harness.ts';

let folder: string;
let file: string;
folderForEach('idleproof-logs-', (made) => {
  folder = made;
  file = join(folder, 'app.log');
});
afterEach(stopAll);

describe('a log that is rotated', () => {
  it('is read to its end under its old name, and then under the new one', () => {
    writeFileSync(file, line('old'));
    const watch = new Watch(file);
    watch.look();
    const fd = openSync(file, 'a');
    writeSync(fd, line('before'));
    renameSync(file, `${file}.1`);
    writeFileSync(file, line('new'));
    // Its writer has not noticed.
    writeSync(fd, line('late'));
    expect(watch.look()).toMatchObject({ found: ['before', 'late', 'new'], reasons: [] });
    writeSync(fd, line('later'));
    closeSync(fd);
    appendFileSync(file, line('newer'));
    expect(watch.look()).toMatchObject({ found: ['later', 'newer'], reasons: [] });
    expect(watch.collector.report?.()).toMatchObject({ status: 'ok', lost: 0 });
  });

  it('may be gone for a while between the two', () => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    watch.look();
    renameSync(file, `${file}.1`);
    expect(watch.look()).toMatchObject({ found: [], reasons: [] });
    writeFileSync(file, line('new'));
    expect(watch.look()).toMatchObject({ found: ['new'], reasons: [] });
  });

  it('twice between two looks is a gap, since nobody saw the one between', () => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    watch.look();
    renameSync(file, `${file}.2`);
    writeFileSync(file, line('between'));
    renameSync(file, `${file}.1`);
    writeFileSync(file, line('new'));
    const { found, reasons } = watch.look();
    expect(found).toEqual(['new']);
    expect(reasons).toEqual([expect.stringContaining('rotated more than once')]);
  });

  it('by copying and cutting is a gap, and read on from its beginning', () => {
    writeFileSync(file, line('old').repeat(10));
    const watch = new Watch(file);
    watch.look();
    copyFileSync(file, `${file}.1`);
    truncateSync(file, 0);
    appendFileSync(file, line('new'));
    const { found, reasons } = watch.look();
    expect(found).toEqual(['new']);
    expect(reasons).toEqual([expect.stringContaining('was cut or written anew')]);
    expect(watch.look().reasons).toEqual([]);
  });

  it('is known to be cut when it has grown beyond where it was read to', () => {
    writeFileSync(file, line('old'));
    const watch = new Watch(file);
    watch.look();
    truncateSync(file, 0);
    appendFileSync(file, line('x').repeat(50));
    const { found, reasons } = watch.look();
    expect(found).toHaveLength(50);
    expect(reasons).toEqual([expect.stringContaining('was cut or written anew')]);
  });

  it('by a writer that keeps its place leaves a hole, which is no line', () => {
    writeFileSync(file, line('old').repeat(1000));
    const fd = openSync(file, 'r+');
    const watch = new Watch(file);
    watch.look();
    truncateSync(file, 0);
    writeSync(fd, line('new'), 20_000_000);
    closeSync(fd);
    const looks = [watch.look(), watch.look(), watch.look()];
    expect(looks.flatMap(({ found }) => found)).toEqual(['new']);
    expect(looks.flatMap(({ reasons }) => reasons)).toEqual([expect.stringContaining('was cut')]);
  });

  it('by such a writer is not searched for what was written, however large the hole is', () => {
    const place = 8 * 2 ** 30;
    writeFileSync(file, '');
    truncateSync(file, place);
    const fd = openSync(file, 'r+');
    writeSync(fd, `\n${line('old')}`, place);
    const watch = new Watch(file);
    expect(watch.look()).toMatchObject({ found: [], reasons: [] });
    truncateSync(file);
    const written = writeSync(fd, line('one'), place + 1 + line('old').length);
    expect(watch.look()).toMatchObject({ found: ['one'], reasons: [expect.stringContaining('was cut')] });
    writeSync(fd, line('two'), place + 1 + line('old').length + written);
    expect(watch.look()).toMatchObject({ found: ['two'], reasons: [] });
    closeSync(fd);
  });

  it('by a link that leads elsewhere is followed', () => {
    const [monday, tuesday] = ['app-2026-05-04.txt', 'app-2026-05-05.txt'].map((name) => join(folder, name));
    writeFileSync(monday!, line('old'));
    writeFileSync(tuesday!, '');
    symlinkSync(monday!, file);
    const watch = new Watch(file);
    watch.look();
    appendFileSync(monday!, line('monday'));
    unlinkSync(file);
    symlinkSync(tuesday!, file);
    appendFileSync(tuesday!, line('tuesday'));
    expect(watch.look()).toMatchObject({ found: ['monday', 'tuesday'], reasons: [] });
  });
});
