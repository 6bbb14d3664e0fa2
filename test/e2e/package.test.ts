import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { builtPaths, npm, packedIn, type Packed } from '../support/package.ts';

/** A package of more is a mistake: something was packed that nobody runs. */
const MAX_PACKED_BYTES = 1_500_000;

/** What each place of the package may hold. */
const ALLOWED = [
  /^(?:README|CHANGELOG|SECURITY)\.md$/,
  /^LICENSE$/,
  /^package\.json$/,
  /^dist\/(?:[\w-]+\/)*[\w-]+\.js$/,
  // Tables that a source file imports are built beside it.
  /^dist\/core\/periodicity\/(beats-table|null-tables)\.json$/,
  /^docs\/[\w-]+\.md$/,
  /^rules\/[\w-]+\.yaml$/,
  /^reports\/proof\.schema\.json$/,
  /^reports\/page\/[\w-]+\.(?:js|css)$/,
  /^service\/[\w-]+\.(?:service|plist|xml)$/,
];

let packed: Packed;
beforeAll(() => {
  packed = packedIn(npm(['pack', '--dry-run', '--json', '--ignore-scripts'], process.cwd()));
});

const paths = (): string[] => packed.files.map(({ path }) => path);

describe('the package', () => {
  it('holds only what it needs', () => {
    console.log(
      `package: ${packed.files.length} files, ${packed.size} bytes packed, ${packed.unpackedSize} unpacked`,
    );
    expect(paths().filter((path) => !ALLOWED.some((allowed) => allowed.test(path)))).toEqual([]);
    expect(packed.size).toBeLessThan(MAX_PACKED_BYTES);
  });

  it('holds all that it needs: every source file, pack, page asset and definition', () => {
    const folders = ['rules', 'service', 'reports/page', 'docs'].flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => !name.endsWith('.d.ts'))
        .map((name) => join(folder, name)),
    );
    const missing = [...builtPaths(process.cwd()), ...folders, 'reports/proof.schema.json', 'LICENSE'].filter(
      (path) => !paths().includes(path),
    );
    expect(missing).toEqual([]);
  });
});
