import { beforeEach, describe, expect, it } from 'vitest';
import { PatientStore } from '../../../src/daemon/patient-store.ts';
import type { Row } from '../../../src/evidence/tables.ts';

const ROW: Row = { table: 'look', values: [1, 2, 3] };
const rows = (count: number): Row[] => Array.from({ length: count }, () => ROW);

let refusal: string | null;
let written: number[];
let told: string[];
let patient: PatientStore;

beforeEach(() => {
  refusal = null;
  written = [];
  told = [];
  patient = new PatientStore({
    store: {
      append: (_, batch) => {
        if (refusal !== null) throw new Error(refusal);
        written.push(batch.length);
      },
    },
    onAnswer: () => told.push('answer'),
    onProblem: (problem) => told.push(problem ?? 'over'),
    onLoss: (count) => told.push(`lost ${count}`),
  });
});

describe('a store that waits for the disk', () => {
  it('keeps what is refused, tries again every 5 s, and writes all of it when there is room', () => {
    refusal = 'disk full';
    patient.append(0, rows(3));
    patient.append(1_000, rows(2));
    patient.retry(5_999);
    expect(told).toEqual(['disk full', 'answer', 'answer']);
    patient.retry(6_000);
    expect(told).toEqual(['disk full', 'answer', 'answer', 'answer']);
    expect({ waiting: patient.waiting, last: patient.lastCommitMs }).toEqual({ waiting: 5, last: null });
    refusal = null;
    patient.retry(11_000);
    expect(written).toEqual([5]);
    expect(told.slice(-2)).toEqual(['over', 'answer']);
    expect({ waiting: patient.waiting, last: patient.lastCommitMs }).toEqual({ waiting: 0, last: 11_000 });
  });

  it('answers, whether it can write or not: a service manager has no reason to end it', () => {
    refusal = 'disk full';
    patient.append(0, rows(1));
    const tries = 3_600 / 5;
    for (let second = 1; second <= 3_600; second += 1) patient.retry(1_000 * second);
    expect(told.filter((text) => text === 'answer')).toHaveLength(1 + tries);
  });

  it('gives up and counts what is more than it can hold', () => {
    refusal = 'disk full';
    patient.append(0, rows(200_000));
    expect(patient.lost).toBe(0);
    patient.append(1_000, rows(1));
    expect(told).toEqual(['disk full', 'answer', 'lost 200001', 'answer']);
    expect({ waiting: patient.waiting, lost: patient.lost }).toEqual({ waiting: 0, lost: 200_001 });
    refusal = null;
    patient.append(2_000, rows(1));
    expect(written).toEqual([1]);
  });
});
