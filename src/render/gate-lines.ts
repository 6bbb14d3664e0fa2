import { sayMeasured } from '../core/rules/say-measured.ts';
import type { GateSheet } from '../model/gate-sheet.ts';
import type { MeasuredResult } from '../model/measure-document.ts';
import type { Measurement, Statistic } from '../model/measurement.ts';
import type { Proof } from '../model/proof.ts';
import { type GateStatus, gateRows } from './gate-sheet.ts';

/** A line of a page of gates. */
export interface GateLine {
  gate: string;
  app: string;
  /** What was expected; empty: nothing was. */
  target: string;
  measured: string;
  /** `–`: nothing was expected. */
  status: GateStatus | '–';
  /** How to do it again. */
  command: string;
}

/** What stands for a verdict on a gate sheet. */
export const STATUS = { pass: 'PASS', fail: 'FAIL', inconclusive: 'PARTIAL' } as const;

/** The numbers that are shown of what nobody expects anything of. */
const SHOWN: readonly Statistic[] = ['value', 'p50', 'p95'];

export const proofLines = (proof: Proof): GateLine[] =>
  gateRows(proof).map(({ gate, target, measured, expected, status }) => ({
    gate,
    app: target,
    target: expected,
    measured,
    status,
    command: proof.command,
  }));

export const sheetLines = ({ gates, command }: GateSheet): GateLine[] =>
  gates.map(({ gate, target, expected, measured, verdict }) => ({
    gate,
    app: target,
    target: expected,
    measured,
    status: STATUS[verdict],
    command,
  }));

/** What was expected of a measurement, then its numbers. */
export function measuredLines({
  kind,
  target,
  command,
  expectations,
  measurements,
}: MeasuredResult): GateLine[] {
  const of = { app: target, command };
  return [
    ...expectations.map(
      ({ text, met, known, measured }): GateLine => ({
        ...of,
        gate: `measure ${kind}`,
        target: text,
        measured: measured.join('; '),
        status: met ? 'PASS' : known ? 'FAIL' : 'PARTIAL',
      }),
    ),
    ...measurements.map(
      (one): GateLine => ({
        ...of,
        gate: one.id === null ? one.name : `${one.name} (${one.id})`,
        target: '',
        measured: numbersOf(one),
        status: '–',
      }),
    ),
  ];
}

/** `p50 12 ms, p95 40 ms (n = 200)`, and why they must not be gone by. */
export function numbersOf({ name, count, statistics, problem }: Measurement): string {
  const numbers = SHOWN.flatMap((statistic) => {
    const value = statistics[statistic]?.value;
    if (value === undefined || count === 0) return [];
    return statistic === 'value' ? sayMeasured(name, value) : `${statistic} ${sayMeasured(name, value)}`;
  });
  const text = numbers.length === 0 ? 'not measured' : numbers.join(', ');
  const many = statistics.value === undefined && numbers.length > 0 ? ` (n = ${count})` : '';
  return `${text}${many}${problem === null ? '' : `; not to go by: ${problem}`}`;
}
