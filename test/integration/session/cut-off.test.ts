import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEvidence } from '../../../src/evidence/read.ts';
import { documentRow } from '../../../src/evidence/rows.ts';
import { EvidenceStore } from '../../../src/evidence/store.ts';
import type { Row } from '../../../src/evidence/tables.ts';
import { verifyEvidence } from '../../../src/evidence/verify/verify.ts';
import type { Proof } from '../../../src/model/proof.ts';
import { type CutOff, readCutOff } from '../../../src/session/cut-off.ts';
import { prove } from '../../../src/session/prove.ts';
import {
  connectRow,
  cpuRow,
  looksRow,
  runRow,
  startRow,
  stretchRow,
  windowOf,
  windowRow,
} from '../../support/evidence-rows.ts';
import { LOW_CPU, NO_NETWORK } from '../../unit/support/packs.ts';

const OPTIONS = { strict: false, acceptSampledMs: 60_000 };
const RULES = 'digest of the rules';

let folder: string;
let path: string;
let store: EvidenceStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-cut-off-'));
  path = join(folder, 'evidence.db');
  store = EvidenceStore.open(path).store;
  store.append(0, [runRow(0, 'first'), startRow(1), cpuRow(1, 0, 1), looksRow(0, 0)]);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function openingRow(fromMs: number, id: string): Row {
  const { toMs: _to, closedBy: _by, ...opened } = windowOf(fromMs, fromMs + 3_600_000, id);
  return documentRow('opening', opened);
}

const waitedForRow = (fromMs: number, id: string, rulesDigest = RULES): Row =>
  documentRow('waitedFor', { id, fromMs, rulesDigest });

/** As the next start does it. */
function finish(rulesDigest = RULES): CutOff {
  const cut = readCutOff(path, rulesDigest);
  store.append(store.lastMs, cut.rows);
  return cut;
}

function judge({ id, fromMs, toMs }: CutOff['windows'][number], packs = [LOW_CPU]): Proof {
  const stored = readEvidence(path, { id, fromMs, toMs, lookBackMs: 0 });
  return prove(stored, packs, OPTIONS).proof;
}

const ruleIn = (proof: Proof): string => `${proof.rules[0]?.verdict}: ${proof.rules[0]?.reason}`;

describe('what a killed watchdog has left in its store', () => {
  it('is nothing where all was judged', () => {
    store.append(60_000, [openingRow(1_000, 'w'), looksRow(0, 60_000), stretchRow(0, 60_000)]);
    store.append(64_000, [windowRow(1_000, 60_000, 'w'), waitedForRow(1_000, 'w')]);
    store.append(64_001, [documentRow('verdict', { windowId: 'w', fromMs: 1_000, toMs: 60_000 })]);
    expect(readCutOff(path, RULES)).toEqual({ rows: [], windows: [], empty: [], unknown: [] });
  });

  it('ends an open window with the last look that was written, and vouches for nothing in it', () => {
    store.append(1_000, [looksRow(1_000, 1_000), stretchRow(0, 1_000), openingRow(1_000, 'w')]);
    store.append(300_000, [looksRow(2_000, 300_000)]);
    const { windows } = finish();
    expect(windows).toMatchObject([
      { id: 'w', fromMs: 1_000, toMs: 300_000, closedBy: 'killed', isCutOff: true },
    ]);
    const proof = judge(windows[0]!);
    expect(proof.verdict).toBe('inconclusive');
    expect(ruleIn(proof)).toMatch(
      /^inconclusive: the watchdog was killed before it had heard all of this window/,
    );
    expect(proof.window).toMatchObject({ closedBy: 'killed', durationSeconds: 299 });
    expect(proof.watchdog).toMatchObject({ cpuSeconds: null, wakeups: null, rssBytes: null });
    expect(proof.coverage.collectors).toMatchObject([{ name: 'cpu', status: 'partial', cpuSeconds: null }]);
    expect(proof.warnings.join()).toContain('the watchdog was killed: the window ends with the last look');
    // The next start after one that was killed, too, finds it as it is, and judges it alike.
    const again = finish();
    expect(again).toMatchObject({ rows: [], windows });
    expect(judge(again.windows[0]!)).toEqual(proof);
    expect(verifyEvidence(path)).toMatchObject({ problems: [] });
  });

  it('leaves a failure that was written a failure', () => {
    store.append(1_000, [looksRow(1_000, 1_000), stretchRow(0, 1_000), openingRow(1_000, 'w')]);
    store.append(300_000, [connectRow(200_000), looksRow(2_000, 300_000)]);
    const [window] = finish().windows;
    expect(ruleIn(judge(window!, [NO_NETWORK]))).toMatch(/^fail/);
  });

  it('has nothing to judge where no look was written after the opening', () => {
    store.append(1_000, [looksRow(1_000, 1_000), stretchRow(0, 1_000), openingRow(1_000, 'w')]);
    expect(finish()).toMatchObject({ windows: [], empty: [{ id: 'w', fromMs: 1_000 }] });
    expect(finish()).toMatchObject({ rows: [], empty: [] });
  });

  it.each([
    ['was not heard to its end', [], 'inconclusive'],
    ['was heard, and is judged by other rules now', [waitedForRow(1_000, 'w', 'others')], 'inconclusive'],
    ['was heard, and is judged by the same rules', [waitedForRow(1_000, 'w')], 'pass'],
  ])('judges a closed window that %s', (_, heard, verdict) => {
    store.append(1_000, [looksRow(1_000, 1_000), stretchRow(0, 1_000), openingRow(1_000, 'w')]);
    store.append(61_000, [looksRow(2_000, 61_000), stretchRow(1_000, 61_000), windowRow(1_000, 61_000, 'w')]);
    store.append(65_000, [looksRow(62_000, 65_000), ...heard]);
    // Another one was open beside it.
    store.append(66_000, [stretchRow(61_000, 66_000), openingRow(66_000, 'v')]);
    const { windows } = finish();
    expect(windows).toMatchObject([{ id: 'w', toMs: 61_000, closedBy: 'duration' }]);
    const proof = judge(windows[0]!);
    expect({ verdict: proof.verdict, why: ruleIn(proof) }).toMatchObject({ verdict });
  });

  it.each([
    ['and that was not heard', []],
    ['and that was heard for other rules', [waitedForRow(1_000, 'w', 'others')]],
  ])('names what another run has followed %s', (_, heard) => {
    store.append(1_000, [looksRow(1_000, 60_000), stretchRow(0, 60_000), windowRow(1_000, 60_000, 'w')]);
    store.append(64_000, heard);
    store.append(70_000, [runRow(70_000, 'second')]);
    expect(finish()).toEqual({ rows: [], windows: [], empty: [], unknown: [{ id: 'w', fromMs: 1_000 }] });
  });

  it('judges what another run has followed where it was heard for the same rules', () => {
    store.append(1_000, [looksRow(1_000, 60_000), stretchRow(0, 60_000), windowRow(1_000, 60_000, 'w')]);
    store.append(64_000, [waitedForRow(1_000, 'w')]);
    store.append(70_000, [runRow(70_000, 'second')]);
    expect(finish()).toMatchObject({ rows: [], windows: [{ id: 'w', toMs: 60_000 }], unknown: [] });
  });
});
