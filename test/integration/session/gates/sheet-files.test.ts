import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GateSheet } from '../../../../src/model/gate-sheet.ts';
import { writeGateSheet } from '../../../../src/session/gates/sheet-files.ts';

const SHEET: GateSheet = {
  schemaVersion: 1,
  verdict: 'pass',
  startedAt: '2026-11-20T14:00:00.000Z',
  tool: { name: 'idleproof', version: '0.1.0' },
  command: 'idleproof run gates.yaml',
  gates: [{ gate: 'Idle', target: 'app', expected: 'none', measured: 'none', verdict: 'pass', reason: null }],
  memory: { beforeBytes: null, inUseBytes: null, afterBytes: null },
  proof: { file: 'proof.json', verdict: 'pass', headline: 'PASS: app for 60 s' },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-sheet-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the files of a gate sheet', () => {
  it('are the sheet itself, and for people', () => {
    expect(writeGateSheet(folder, SHEET)).toEqual([join(folder, 'gates.json'), join(folder, 'gates.md')]);
    expect(JSON.parse(readFileSync(join(folder, 'gates.json'), 'utf8'))).toEqual(SHEET);
    expect(readFileSync(join(folder, 'gates.md'), 'utf8')).toContain('Idle');
  });

  it.each([
    ['the folder is gone', () => rmSync(folder, { recursive: true })],
    ['something of that name is there', () => mkdirSync(join(folder, 'gates.json'))],
  ])('say what hinders them: %s', (_, hinder) => {
    hinder();
    expect(() => writeGateSheet(folder, SHEET)).toThrow(
      expect.objectContaining({ code: 'GATES_WRITE', exitCode: 4 }) as Error,
    );
  });

  it('leave what is there as it is', () => {
    writeFileSync(join(folder, 'gates.json'), 'theirs');
    expect(() => writeGateSheet(folder, SHEET)).toThrow(/gates\.json/u);
    expect(readFileSync(join(folder, 'gates.json'), 'utf8')).toBe('theirs');
    expect(readdirSync(folder)).toEqual(['gates.json']);
  });
});
