import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Change } from '../../../../src/collectors/files/change.ts';
import { Inventory } from '../../../../src/collectors/files/inventory.ts';

let base: string;
beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-inventory-')));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const NAMES = ['a', 'b', 'c', 'x/d', 'x/e', 'x/y/f', 'z/g'];
const FOLDERS = ['x', 'x/y', 'z'];

type Step = {
  does: 'append' | 'remove' | 'move' | 'moveFolder' | 'removeFolder';
  one: string;
  other: string;
};

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    does: fc.constantFrom('append' as const, 'remove' as const, 'move' as const),
    one: fc.constantFrom(...NAMES),
    other: fc.constantFrom(...NAMES),
  }),
  fc.record({
    does: fc.constantFrom('moveFolder' as const, 'removeFolder' as const),
    one: fc.constantFrom(...FOLDERS),
    other: fc.constantFrom('moved', 'z/moved'),
  }),
);

function perform(root: string, { does, one, other }: Step): void {
  const [from, to] = [join(root, one), join(root, other)];
  if (does === 'append') {
    mkdirSync(dirname(from), { recursive: true });
    appendFileSync(from, 'x');
  } else if (does === 'remove' || does === 'removeFolder') {
    rmSync(from, { recursive: true, force: true });
  } else if (existsSync(from) && existsSync(dirname(to)) && !existsSync(to) && !to.startsWith(`${from}/`)) {
    renameSync(from, to);
  }
}

function listing(root: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const { ino, birthtimeNs, size, mtimeNs, ...stats } = statSync(join(root, entry), { bigint: true });
    // A number alone is given to the next file as soon as it is free.
    const content = (stats.mode & 0o170000n) === 0o100000n ? `${size} ${mtimeNs}` : '';
    found.set(join(root, entry), `${ino} ${birthtimeNs} ${content}`);
  }
  return found;
}

describe('comparing alone', () => {
  it('finds whatever lasts, and knows everything that is there', () => {
    let round = 0;
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 12 }),
        fc.array(step, { minLength: 1, maxLength: 12 }),
        (before, after) => {
          round += 1;
          const root = join(base, String(round));
          mkdirSync(root);
          for (const one of before) perform(root, one);
          const changes: Change[] = [];
          const flaws: string[] = [];
          const inventory = new Inventory({
            root,
            mostEntries: 1000,
            isOwn: () => false,
            onChange: (change) => changes.push(change),
            onFlaw: (reason) => flaws.push(reason),
            onFolder: () => {},
          });
          inventory.load();
          const known = listing(root);
          expect(inventory.size).toBe(known.size + 1);
          for (const one of after) perform(root, one);
          inventory.compare(root, 0, 1);
          inventory.settle();
          inventory.settleSuspects();
          const now = listing(root);
          for (const [path] of now) expect(inventory.has(path), path).toBe(true);
          expect(inventory.size).toBe(now.size + 1);
          const told = changes.map(({ path }) => path);
          const covers = (path: string): boolean =>
            told.some((one) => one === path || path.startsWith(`${one}/`));
          // A name that came or changed is told, by itself or by the folder that was moved with it.
          for (const [path, state] of now)
            if (known.get(path) !== state) expect(covers(path), path).toBe(true);
          if (known.size !== now.size) expect(changes.length).toBeGreaterThan(0);
          // Nothing is told of what stayed as it was.
          if ([...now].every(([path, state]) => known.get(path) === state) && known.size === now.size) {
            expect(changes.filter(({ op, path }) => op !== 'write' || !statSync(path).isDirectory())).toEqual(
              [],
            );
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
