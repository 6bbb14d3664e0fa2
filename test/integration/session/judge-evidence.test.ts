import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EvidenceStore } from '../../../src/evidence/store.ts';
import type { Proof } from '../../../src/model/proof.ts';
import { renderJson } from '../../../src/render/json.ts';
import { judgeEvidence } from '../../../src/session/judge-evidence.ts';
import { prove } from '../../../src/session/prove.ts';
import { readEvidence } from '../../../src/evidence/read.ts';
import { activityRow } from '../../../src/evidence/rows.ts';
import {
  connect,
  connectRow,
  cpuRow,
  looksRow,
  runRow,
  startRow,
  stretchRow,
  TARGET,
  windowRow,
} from '../../support/evidence-rows.ts';
import { NO_NETWORK, ruleOf } from '../../unit/support/packs.ts';

const OPTIONS = { strict: false, acceptSampledMs: null };
const MINUTE = 60_000;

let folder: string;
let path: string;
let store: EvidenceStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-judge-'));
  path = join(folder, 'evidence.db');
  store = EvidenceStore.open(path).store;
  store.append(0, [runRow(0), startRow(1), cpuRow(1, 0, 1)]);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Windows of a minute, one after the other; the app calls out in the second one. */
function windows(...ids: string[]): void {
  for (const [nth, id] of ids.entries()) {
    const fromMs = nth * MINUTE;
    const toMs = fromMs + MINUTE;
    store.append(toMs, [
      looksRow(fromMs, toMs),
      ...(nth === 1 ? [connectRow(fromMs + 30_000)] : []),
      stretchRow(fromMs, toMs),
      windowRow(fromMs + 1, toMs, id),
    ]);
  }
}

const judge = (window: string | null, packs = [NO_NETWORK]): Proof =>
  judgeEvidence({ path, window, packsFor: () => packs, options: OPTIONS }).proof;

const NAME = `after-chat@${new Date(1).toISOString()}`;

describe('judgeEvidence', () => {
  it('judges the only window of a store that is being written', () => {
    windows('after-chat');
    expect(judge(null).window).toMatchObject({
      id: 'after-chat',
      opened: { utc: new Date(1).toISOString() },
    });
    const span = { id: 'after-chat', fromMs: 1, toMs: MINUTE, lookBackMs: 0 };
    const { proof } = prove(readEvidence(path, span), [NO_NETWORK], OPTIONS);
    expect(renderJson(judge(null))).toBe(renderJson(proof));
  });

  it('wants to know which one of several', () => {
    windows('after-chat', 'after-chat', 'night');
    expect(() => judge(null)).toThrow('There are 3 windows');
    expect(() => judge('nigth')).toThrow('There is no window «nigth»');
    expect(judge('after-chat')).toMatchObject({
      verdict: 'fail',
      window: { opened: { utc: new Date(MINUTE + 1).toISOString() } },
    });
    expect(judge(NAME)).toMatchObject({
      window: { opened: { utc: new Date(1).toISOString() } },
      findings: [],
    });
    expect(judge('night')).toMatchObject({ window: { id: 'night' }, findings: [] });
  });

  it('tells the packs which targets there are', () => {
    windows('after-chat');
    const names: string[] = [];
    judgeEvidence({
      path,
      window: null,
      packsFor: (targets) => {
        names.push(...targets.map(({ name }) => name));
        return [NO_NETWORK];
      },
      options: OPTIONS,
    });
    expect(names).toEqual([TARGET]);
  });

  it('reads causes as far back as the rules ask, which need not be those of that time', () => {
    store.append(1, [activityRow({ ...connect(MINUTE + 50_000), op: 'accept', direction: 'inbound' })]);
    windows('after-chat', 'after-chat', 'night');
    store.append(3 * MINUTE, [connectRow(2 * MINUTE + 5_000)]);
    const found = (within: string): number => {
      const unless = { after: { activity: 'network', match: { op: 'accept' } }, within };
      const rule = { kind: 'absence', activity: 'network', match: { op: 'connect' }, unless };
      return judge('night', [ruleOf(rule)]).findings.length;
    };
    expect(found('10s')).toBe(1);
    expect(found('1m')).toBe(0);
  });

  it('says that nothing was ever closed, or that it is no evidence', () => {
    expect(() => judge(null)).toThrow('a run that never ended');
    expect(() => judge('after-chat')).toThrow('There is no window «after-chat»');
    expect(() =>
      judgeEvidence({ path: join(folder, 'none.db'), window: null, packsFor: () => [], options: OPTIONS }),
    ).toThrow('as evidence');
  });
});
