import { createHash } from 'node:crypto';
import type { PlacedSink } from './alerts.ts';

/**
 * What tells each sink from the others, wherever it stands in the file: a digest of how it is written there, with references in place
 * of secrets. One that is written twice has two.
 */
export function sinkKeys(sinks: readonly PlacedSink[]): string[] {
  const seen = new Map<string, number>();
  return sinks.map(({ sink }) => {
    const digest = createHash('sha256').update(JSON.stringify(sink)).digest('hex').slice(0, 16);
    const times = (seen.get(digest) ?? 0) + 1;
    seen.set(digest, times);
    return `${sink.type} ${digest}${times === 1 ? '' : ` ${times}`}`;
  });
}
