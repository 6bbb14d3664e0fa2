import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/os/sqlite.ts';
import { EvidenceStore } from '../../../src/evidence/store.ts';
import { verifyEvidence } from '../../../src/evidence/verify/verify.ts';
import { cpuRow, looksRow, runRow, startRow } from '../../support/evidence-rows.ts';
import { folderForEach } from '../../support/folder-for-each.ts';

let folder: string;
let path: string;
folderForEach('idleproof-store-', (made) => {
  folder = made;
  path = join(folder, 'evidence.db');
});

describe('EvidenceStore.open', () => {
  it('begins a store, and goes on with it', () => {
    const first = EvidenceStore.open(path);
    expect(first).toMatchObject({ isContinued: false, setAside: null });
    first.store.append(1_000, [runRow(1_000), startRow(1)]);
    const { chainHead } = first.store.head();
    first.store.close();
    const second = EvidenceStore.open(path);
    expect(second).toMatchObject({ isContinued: true, setAside: null });
    expect(second.store.head()).toEqual({ chainHead, rows: 2 });
    second.store.append(2_000, [runRow(2_000)]);
    second.store.rotate(3_000);
    second.store.append(4_000, [looksRow(3_000, 4_000)]);
    expect(EvidenceStore.open(path).store.segmentFromMs).toBe(3_000);
    second.store.close();
    const verified = verifyEvidence(path, [chainHead]);
    expect(verified).toMatchObject({ problems: [], missingHeads: [] });
    expect(verified.segments.map(({ state }) => state)).toEqual(['whole', 'whole', 'whole']);
    expect(EvidenceStore.open(path).store.segmentFromMs).toBeNull();
  });

  it.each([
    ['a file that is no database', () => writeFileSync(path, 'not a database '.repeat(1000))],
    ['a database of something else', () => openSqlite(path).exec('CREATE TABLE t (x)').close()],
    [
      'a torn file',
      () => {
        const { store } = EvidenceStore.open(path);
        for (let id = 1; id < 300; id += 1) store.append(id, [startRow(id)]);
        store.close();
        const { size } = statSync(path);
        const db = openSqlite(path);
        db.close();
        writeFileSync(path, Buffer.alloc(size / 2, 7), { flag: 'r+' });
      },
    ],
    [
      'a changed last batch',
      () => {
        const { store } = EvidenceStore.open(path);
        store.append(1, [cpuRow(1, 1, 1)]);
        store.close();
        openSqlite(path).exec('UPDATE sample SET cpu_ns = 2').close();
      },
    ],
  ])('sets %s aside and says so', (_, prepare) => {
    prepare();
    const { size } = statSync(path);
    const { store, isContinued, setAside } = EvidenceStore.open(path);
    expect(isContinued).toBe(false);
    expect(setAside?.path).toMatch(/evidence\.db\.\d{8}T\d{6}Z$/);
    expect(setAside?.reason).not.toBe('');
    expect(statSync(setAside?.path ?? '').size).toBe(size);
    store.append(1, [runRow(1)]);
    store.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(verifyEvidence(path).problems).toEqual([]);
  });

  it('takes an empty file for a new one', () => {
    writeFileSync(path, '');
    expect(EvidenceStore.open(path)).toMatchObject({ isContinued: false, setAside: null });
  });

  it('refuses a newer layout, and leaves it where it is', () => {
    EvidenceStore.open(path).store.close();
    const db = openSqlite(path);
    db.pragma('user_version = 99');
    db.close();
    expect(() => EvidenceStore.open(path)).toThrowError(expect.objectContaining({ code: 'EVIDENCE_NEWER' }));
    expect(readdirSync(folder)).toEqual(['evidence.db']);
  });

  it('says when it cannot be opened', () => {
    expect(() => EvidenceStore.open(join(folder, 'none', 'evidence.db'))).toThrowError(
      expect.objectContaining({ code: 'EVIDENCE_WRITE', exitCode: 4 }),
    );
  });
});
