import { appendFileSync, existsSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { folderForEach } from '../../../support/folder-for-each.ts';
import { until } from '../../../support/until.ts';
import { line, stopAll, Watch } from './harness.ts';

let folder: string;
let file: string;
folderForEach('idleproof-logs-', (made) => {
  folder = made;
  file = join(folder, 'app.log');
});
afterEach(stopAll);

if (process.platform !== 'linux') console.log('skipped: open files are watched on Linux alone');
describe.skipIf(process.platform !== 'linux')('a quiet log', () => {
  it('is not looked at, and tells of news by itself', async () => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    let news = 0;
    watch.collector.onNews?.(() => (news += 1));
    watch.look();
    expect(watch.collector.dueAtMs?.()).toBeGreaterThan(watch.nowMs);
    appendFileSync(file, line('one'));
    await until(() => news > 0);
    expect(watch.collector.dueAtMs?.()).toBe(0);
    expect(watch.look(false).found).toEqual(['one']);
    expect(watch.collector.dueAtMs?.()).toBeGreaterThan(watch.nowMs);
  });

  it('is woken by nothing that happens beside it, and once by all that it gets until the next look', async () => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    let news = 0;
    watch.collector.onNews?.(() => (news += 1));
    watch.look();
    for (let round = 0; round < 50; round += 1) {
      appendFileSync(join(folder, 'other.log'), line('other'));
      appendFileSync(`${file}.1`, line('other'));
    }
    appendFileSync(file, line('own'));
    await until(() => news > 0);
    for (let round = 0; round < 50; round += 1) {
      appendFileSync(file, line('own'));
      await sleep(1);
    }
    expect(news).toBe(1);
    expect(watch.look(false).found).toHaveLength(51);
    expect(watch.collector.dueAtMs?.()).toBeGreaterThan(watch.nowMs);
  });

  it.each<[string, () => void]>([
    ['renamed', () => renameSync(file, `${file}.1`)],
    ['deleted', () => unlinkSync(file)],
    [
      'replaced',
      () => {
        writeFileSync(`${file}.new`, '');
        renameSync(`${file}.new`, file);
      },
    ],
  ])('tells that it was %s, and is looked for until it is there again', async (_, change) => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    watch.look();
    change();
    await until(() => watch.collector.dueAtMs?.() === 0);
    expect(watch.look(false)).toMatchObject({ found: [], reasons: [] });
    if (!existsSync(file)) expect(watch.collector.dueAtMs?.()).toBe(0);
    appendFileSync(file, line('new'));
    await until(() => watch.collector.dueAtMs?.() === 0);
    expect(watch.look(false).found).toEqual(['new']);
  });

  it('is still watched under its old name, since its writer may not have noticed', async () => {
    writeFileSync(file, '');
    const watch = new Watch(file);
    watch.look();
    renameSync(file, `${file}.1`);
    writeFileSync(file, '');
    await until(() => watch.collector.dueAtMs?.() === 0);
    watch.look(false);
    expect(watch.collector.dueAtMs?.()).toBeGreaterThan(watch.nowMs);
    appendFileSync(`${file}.1`, line('late'));
    await until(() => watch.collector.dueAtMs?.() === 0);
    expect(watch.look(false).found).toEqual(['late']);
  });
});
