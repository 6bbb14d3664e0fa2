import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const page = readFileSync('docs/architecture.md', 'utf8');
const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join('src', name));

const foldersIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));

/** What stands under a title, until the next one. */
function sectionOf(title: string): string {
  const [, text = ''] = page.split(`\n${title}\n`);
  return text.split('\n## ')[0] ?? '';
}

/** The folders of src that the first column of the table names. */
const rows = [...page.matchAll(/^\| `([a-z-]+(?:\/[a-z-]+)*)\/` \|/gmu)].map(([, name = '']) =>
  join('src', name),
);

describe('docs/architecture.md', () => {
  it('has a row for each folder, and for none that is not there', () => {
    const whole = foldersIn('src').flatMap((folder) =>
      folder === join('src', 'core') ? foldersIn(folder) : [folder],
    );
    expect(whole.filter((folder) => !rows.includes(folder))).toEqual([]);
    expect(rows.filter((folder) => !existsSync(folder))).toEqual([]);
  });

  it.each([
    ['## The daemon, from the outside in', join('src', 'daemon'), /^\| `([A-Z]\w+)`/gmu],
    ["## The kernel's trace", join('src', 'collectors', 'linux'), /`([A-Z]\w+)`/gu],
  ])('names only classes that there are, under %s', (title, folder, name) => {
    const named = [...sectionOf(title).matchAll(name)].map(([, found = '']) => found);
    const texts = files.filter((path) => path.startsWith(folder)).map((path) => readFileSync(path, 'utf8'));
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((one) => !texts.some((text) => text.includes(`class ${one} `)))).toEqual([]);
  });
});

describe('core and render', () => {
  it('read no clock: the linter refuses Date.now, and takes new Date() for any other Date', () => {
    const pure = files.filter((path) => /^src.(?:core|render)./u.test(path));
    expect(pure.length).toBeGreaterThan(100);
    expect(pure.filter((path) => /\bnew Date\(\)/u.test(readFileSync(path, 'utf8')))).toEqual([]);
  });
});

/** The two folders below the nearest common one that an import connects; null: one holds the other. */
function connected(path: string): [from: string, to: string][] {
  const text = readFileSync(path, 'utf8');
  const imported = [...text.matchAll(/(?:from|import\() ?'(\.[^']+)'/gu)].map(([, name = '']) =>
    join(dirname(path), name),
  );
  return imported.flatMap((other): [string, string][] => {
    const [from, to] = [dirname(path), dirname(other)].map((folder) => folder.split(sep));
    const shared = (from ?? []).findIndex((part, index) => part !== to?.[index]);
    if (from === undefined || to === undefined || shared < 0 || to.length <= shared) return [];
    return [[from.slice(0, shared + 1).join(sep), to.slice(0, shared + 1).join(sep)]];
  });
}

/** Folders that can be reached from one of them, itself where it lies in a circle. */
function reachable(start: string, edges: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const found = new Set<string>();
  const left = [...(edges.get(start) ?? [])];
  for (let folder = left.pop(); folder !== undefined; folder = left.pop()) {
    if (found.has(folder)) continue;
    found.add(folder);
    left.push(...(edges.get(folder) ?? []));
  }
  return found;
}

describe('folders beside each other', () => {
  it('import one another in one direction only', () => {
    const edges = new Map<string, Set<string>>();
    for (const [from, to] of files.flatMap(connected))
      edges.set(from, (edges.get(from) ?? new Set()).add(to));
    expect(edges.size).toBeGreaterThan(20);
    const circular = [...edges.keys()].filter((folder) => reachable(folder, edges).has(folder));
    expect(circular.map((folder) => relative('src', folder))).toEqual([]);
  });
});
