import { afterEach, expect, it, vi } from 'vitest';
import { loadLibraries } from '../../../../src/collectors/portable/libraries.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it('lists the processes anew however soon it is asked', async () => {
  const libraries = await loadLibraries();
  const lists = [];
  for (let count = 0; count < 4; count += 1) lists.push(await libraries.processes());
  expect(new Set(lists).size).toBe(4);
  for (const list of lists) expect(list.map(({ pid }) => pid)).toContain(process.pid);
});

it('lists them anew also where the wall clock is set back for a moment', async () => {
  const libraries = await loadLibraries();
  const before = await libraries.processes();
  const now = Date.now;
  const setBack = vi.spyOn(Date, 'now').mockImplementation(() => now() - 700);
  expect(await libraries.processes()).not.toBe(before);
  expect(setBack).toHaveBeenCalled();
});

it('refuses an old list where the wall clock stays behind', async () => {
  const libraries = await loadLibraries();
  await libraries.processes();
  const now = Date.now;
  vi.spyOn(Date, 'now').mockImplementation(() => now() - 60_000);
  await expect(libraries.processes()).rejects.toThrow('an old list of processes');
});
