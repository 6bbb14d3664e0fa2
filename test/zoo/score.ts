import type { Finding, Period, Proof } from '../../src/model/proof.ts';
import type { RuleVerdict } from '../../src/model/verdict.ts';
import { beatOf } from './beats.ts';
import type { IdleTruth, Remote } from './program.ts';

/** The rules of the zoo's pack. */
export const CLAIMS = [
  'network',
  'network-period',
  'spawns',
  'spawn-period',
  'wakes',
  'wake-period',
  'keepalives',
] as const;
export type Claim = (typeof CLAIMS)[number];

/** `found` and `cleared` are right, `missed` and `accused` are wrong; `undecided` says that it cannot tell. */
export type Outcome = 'found' | 'missed' | 'cleared' | 'accused' | 'undecided';

interface Judged {
  claim: Claim;
  does: boolean;
  outcome: Outcome;
  reason: string | null;
}

/** What was seen by others than idleproof in the window of the proof. */
export interface Witness {
  /** When something went to whom it calls; null: nobody looked. */
  callsMs: readonly number[] | null;
  calls: Remote | null;
  /** When what it started said that it ran; null: it says nothing. */
  startsMs: readonly number[] | null;
  /** Voluntary context switches. */
  switches: number;
}

/** A period that was found beside the one that there is. */
export interface PeriodError {
  of: 'network' | 'spawns' | 'timers';
  /** As a witness saw it in this window; as it is configured, where there is none. */
  trueSeconds: number;
  foundSeconds: number | null;
  /** In the sense of the model that was found; null: no witness, or not found. */
  trueJitterSeconds: number | null;
  foundJitterSeconds: number | null;
  trueBeats: number | null;
  foundBeats: number | null;
}

export interface Score {
  judged: Judged[];
  periods: PeriodError[];
  /** Findings about somebody whom it does not call. */
  strangers: string[];
  wakesPerMinute: { seen: number; found: number | null };
}

/** The limit of the rule `wakes` in zoo.yaml, in wakes a second. */
export const WAKES_LIMIT = 0.02;

/**
 * Compares a proof by the zoo's pack with what the program is known to do.
 * @throws Error where the proof says nothing of a claim: a rule that is gone is neither right nor wrong
 */
export function scoreOf(proof: Proof, truth: IdleTruth, witness: Witness): Score {
  const unsaid = CLAIMS.filter((claim) => !proof.rules.some(({ id }) => id === claim));
  if (unsaid.length > 0) throw new Error(`the proof says nothing of ${unsaid.join(', ')}`);
  const seconds = proof.window.durationSeconds;
  const findings = (claim: Claim): Finding[] => proof.findings.filter(({ ruleId }) => ruleId === claim);
  const isStranger = ({ subject }: Finding): boolean => subject['remote.port'] !== witness.calls?.port;
  const strangers = [...findings('network'), ...findings('network-period')].filter(isStranger);
  const does: Record<Claim, boolean | null> = {
    network: truth.network !== null,
    'network-period': truth.network !== null,
    spawns: truth.spawns !== null,
    'spawn-period': truth.spawns !== null,
    wakes: witness.switches / seconds >= WAKES_LIMIT,
    'wake-period': truth.timers === 'irregular' ? null : truth.timers !== null,
    keepalives: truth.keepalives,
  };
  const mean = proof.targets[0]?.metrics['wakeups.rate']?.mean;
  return {
    judged: proof.rules.flatMap(({ id, verdict, reason }) => {
      const claim = id as Claim;
      const known = does[claim];
      return known === null || known === undefined
        ? []
        : [{ claim, does: known, outcome: outcomeOf(known, verdict), reason }];
    }),
    periods: [
      ...errorOf('network', truth.network, findings('network-period'), witness.callsMs),
      ...errorOf('spawns', truth.spawns, findings('spawn-period'), witness.startsMs),
      ...errorOf('timers', truth.timers, findings('wake-period'), null),
    ],
    strangers: strangers.map(({ text }) => text),
    wakesPerMinute: {
      seen: (60 * witness.switches) / seconds,
      found: mean === undefined ? null : 60 * mean,
    },
  };
}

function outcomeOf(does: boolean, verdict: RuleVerdict): Outcome {
  if (verdict === 'fail') return does ? 'found' : 'accused';
  if (verdict === 'pass') return does ? 'missed' : 'cleared';
  return 'undecided';
}

function errorOf(
  of: PeriodError['of'],
  truth: IdleTruth['timers'],
  findings: readonly Finding[],
  seenMs: readonly number[] | null,
): PeriodError[] {
  if (truth === null || truth === 'irregular') return [];
  const seen = seenMs === null ? null : beatOf(seenMs, truth.everySeconds);
  const trueSeconds = seen?.seconds ?? truth.everySeconds;
  const distance = (period: Period): number => Math.abs(Math.log(period.seconds / trueSeconds));
  const [found] = findings
    .flatMap(({ period }) => (period === null ? [] : [period]))
    .sort((one, other) => distance(one) - distance(other));
  const trueJitter = found?.model === 'clock' ? seen?.clockJitterSeconds : seen?.intervalJitterSeconds;
  return [
    {
      of,
      trueSeconds,
      foundSeconds: found?.seconds ?? null,
      trueJitterSeconds: found === undefined ? null : (trueJitter ?? null),
      foundJitterSeconds: found?.jitterSeconds ?? null,
      trueBeats: seen?.count ?? null,
      foundBeats: found?.beats ?? null,
    },
  ];
}
