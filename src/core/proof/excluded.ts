import type { Coverage } from '../../model/proof.ts';

/** What would have been seen if it had been there, in words; empty: nothing for certain. */
export function sayExcluded({ connectionLifetimeSeconds, periodSeconds }: Coverage['excludes']): string {
  const parts: string[] = [];
  if (connectionLifetimeSeconds !== null) {
    const { min } = connectionLifetimeSeconds;
    parts.push(
      min === 0 ? 'any outbound connection' : `outbound connections that live ${short(min)} s or longer`,
    );
  }
  if (periodSeconds !== null) {
    const { max, confidence } = periodSeconds;
    parts.push(`periods up to ${short(max)} s (${short(confidence * 100)} %)`);
  }
  return parts.join('; ');
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
