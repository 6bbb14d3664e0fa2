import type { Environment } from '../core/parse/environment.ts';
import { IdleproofError } from '../errors.ts';
import type { SinkConfig } from '../model/alert.ts';
import { type PlacedSink, withSecret } from './alerts.ts';

/**
 * The sinks of a configuration with their secrets, taken from the environment. They are asked for only by what sends alerts:
 * a check of the same file does not need them.
 * @throws IdleproofError CONFIG_INVALID that names every variable that is missing, and its place, but no value
 */
export function configuredSinks(
  path: string,
  sinks: readonly PlacedSink[],
  environment: Environment,
): SinkConfig[] {
  const problems: string[] = [];
  const ready = sinks.flatMap(({ sink: written, secretAt }) => {
    const { sink, problem } = withSecret(written, environment);
    if (sink !== null) return [sink];
    problems.push(`${path}:${secretAt?.line ?? 1}:${secretAt?.column ?? 1}: ${problem}`);
    return [];
  });
  if (problems.length > 0) throw new IdleproofError('CONFIG_INVALID', { problems: problems.join('\n') });
  return ready;
}
