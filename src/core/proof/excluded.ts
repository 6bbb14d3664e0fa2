import type { Coverage, RuleResult } from '../../model/proof.ts';
import { withCommas } from '../wording/amounts.ts';

/** What a pass excludes: where something happened that was allowed, only what a period beside it could not hide. */
export function excludedBy(
  excludes: Coverage['excludes'],
  results: readonly RuleResult[],
): Coverage['excludes'] {
  const { periodSeconds } = excludes;
  if (periodSeconds === null) return excludes;
  const told = results
    .filter(({ verdict }) => verdict === 'pass')
    .flatMap(({ periodsTold }) => periodsTold ?? []);
  // Nobody has looked for any.
  if (told.length === 0) return { ...excludes, periodSeconds: null };
  // Some are allowed: then nothing is excluded for all periods up to one.
  if (told.some(({ fromSeconds, butExcused }) => fromSeconds > 0 || butExcused)) {
    return { ...excludes, periodSeconds: null };
  }
  const max = Math.min(periodSeconds.max, ...told.map(({ upToSeconds }) => upToSeconds));
  return { ...excludes, periodSeconds: max > 0 ? { ...periodSeconds, max } : null };
}

/**
 * What would have been seen if it had been there, in words; empty: nothing for certain.
 * @param outboundSeen how many outbound connections, attempts and datagrams were there after all
 */
export function sayExcluded(
  { connectionLifetimeSeconds, periodSeconds }: Coverage['excludes'],
  outboundSeen = 0,
): string {
  const parts: string[] = [];
  if (connectionLifetimeSeconds !== null) {
    const { min } = connectionLifetimeSeconds;
    parts.push(
      (min === 0 ? 'any outbound connection' : `outbound connections that live ${short(min)} s or longer`) +
        (outboundSeen === 0 ? '' : ` but the ${withCommas(outboundSeen)} seen`),
    );
  }
  if (periodSeconds !== null) {
    const { max, confidence } = periodSeconds;
    parts.push(`periods up to ${short(max)} s (${short(confidence * 100)} %)`);
  }
  return parts.join('; ');
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
