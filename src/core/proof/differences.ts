import type { Proof, RuleResult } from '../../model/proof.ts';

/** Where a proof parts from the one that its evidence gives again, in words. */
export interface ProofPart {
  where: string;
  problem: string;
}

/** So many are told; more say the same. */
const MAX_PARTS = 10;
const LONGEST_VALUE = 120;

const nameOf = ({ pack, id, target, window }: RuleResult): string => `${pack}/${id} (${target}, ${window})`;

/** Rules whose verdict is another, or that only one of the two has. */
export function verdictParts(told: readonly RuleResult[], found: readonly RuleResult[]): ProofPart[] {
  const again = new Map(found.map((result) => [nameOf(result), result.verdict]));
  const parts = told.flatMap((result): ProofPart[] => {
    const where = nameOf(result);
    const verdict = again.get(where) ?? 'nothing';
    again.delete(where);
    return verdict === result.verdict
      ? []
      : [{ where, problem: `the proof says ${result.verdict}, and its evidence gives ${verdict}` }];
  });
  const untold = [...again].map(([where, verdict]) => ({
    where,
    problem: `its evidence gives ${verdict}, and the proof is silent`,
  }));
  return [...parts, ...untold];
}

/** Every value that is another, as the two are written as JSON. */
export function differences(told: Proof, again: Proof): ProofPart[] {
  const parts: ProofPart[] = [];
  compare('', JSON.parse(JSON.stringify(told)), JSON.parse(JSON.stringify(again)));
  return parts;

  function compare(where: string, one: unknown, other: unknown): void {
    if (parts.length >= MAX_PARTS) return;
    if (isObject(one) && isObject(other) && Array.isArray(one) === Array.isArray(other)) {
      for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
        compare(where === '' ? key : `${where}.${key}`, valueOf(one, key), valueOf(other, key));
      }
    } else if (one !== other) {
      const problem = `the proof says ${shown(one)}, and its evidence gives ${shown(other)}`;
      parts.push({ where, problem });
    }
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const valueOf = (object: Record<string, unknown>, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined;

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
