import type { Proof } from '../../src/model/proof.ts';
import type { RuleId } from './activity.ts';

/** What a watchdog says in the end of the time in question. */
export interface Outcome {
  /** null: no proof claims anything about that time. */
  proof: Proof | null;
  /** Exit code; null: it was killed. */
  code: number | null;
  stderr: string;
}

/** When something was done, epoch ms. */
export interface ActedAt {
  fromMs: number;
  toMs: number;
}

export interface Said {
  /** Of the window; `none`: no proof claims anything. */
  verdict: 'pass' | 'fail' | 'inconclusive' | 'none';
  /** Of the rule in question. */
  rule: string;
  /** Rules that failed. */
  failed: string[];
  /** The headline, or what it printed instead. */
  text: string;
}

export function saidBy({ proof, code, stderr }: Outcome, rule: RuleId): Said {
  if (proof === null) {
    return {
      verdict: 'none',
      rule: 'none',
      failed: [],
      text: `exit ${code}: ${stderr.trim().slice(0, 300)}`,
    };
  }
  const found = proof.rules.find(({ id }) => id === rule);
  return {
    verdict: proof.verdict,
    rule: found?.verdict ?? 'none',
    failed: proof.rules.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id),
    text: [
      proof.headline.split(' · ')[0] ?? '',
      `${rule}: ${found?.verdict}${found?.reason ? `, ${found.reason}` : ''}`,
      ...proof.findings.map(({ text }) => text),
    ]
      .map((line) => line.slice(0, 300))
      .slice(0, 5)
      .join('; '),
  };
}

export type Result = 'ok' | 'false pass' | 'false fail';

/** Something was done that breaks these rules: they must not pass, and no others may fail but the doubtful ones. */
export function judgeSaid(
  said: Said,
  outcome: Outcome,
  broken: readonly RuleId[],
  doubtful: readonly RuleId[],
): Result {
  const passed = outcome.proof?.rules.filter(({ verdict }) => verdict === 'pass').map(({ id }) => id) ?? [];
  const isQuiet = broken.length === 0;
  if (!isQuiet && (said.verdict === 'pass' || outcome.code === 0 || broken.some((id) => passed.includes(id))))
    return 'false pass';
  const excused: ReadonlySet<string> = new Set([...broken, ...doubtful]);
  if (said.failed.some((id) => !excused.has(id))) return 'false fail';
  return 'ok';
}

/** Why a run with an activity shows nothing; null: it was done inside the window that is judged. */
export function outside({ proof }: Outcome, acted: ActedAt | null, what: string): string | null {
  if (proof === null || acted === null) return null;
  const [openedMs, closedMs] = [proof.window.opened, proof.window.closed].map(({ utc }) => Date.parse(utc));
  if (acted.fromMs < openedMs! || acted.toMs > closedMs!) return `the ${what} was not inside the window`;
  return null;
}
