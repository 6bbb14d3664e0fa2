import { describe, expect, it } from 'vitest';
import { FileActivities } from '../../../../src/collectors/files/file-activities.ts';

const write = (atMs: number): Parameters<FileActivities['add']>[0] => ({
  op: 'write',
  path: '/data/a',
  atMs,
});

describe('changes of one name between two looks', () => {
  it('are one activity, which says when the last one came', () => {
    const activities = new FileActivities('app');
    for (const atMs of [100, 400, 900, 700]) activities.add(write(atMs));
    expect(activities.take()).toMatchObject([{ op: 'write', atMs: 100, lastAtMs: 900 }]);
    activities.add(write(1000));
    expect(activities.take()).toEqual([expect.not.objectContaining({ lastAtMs: expect.anything() })]);
  });

  it('belong to the file that is new', () => {
    const activities = new FileActivities('app');
    activities.add({ op: 'create', path: '/data/a', atMs: 100 });
    activities.add(write(600));
    expect(activities.take()).toMatchObject([{ op: 'create', atMs: 100, lastAtMs: 600 }]);
  });
});
