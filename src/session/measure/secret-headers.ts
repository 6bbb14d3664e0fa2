import { type Environment, fromEnvironment, sayMissing } from '../../core/parse/environment.ts';
import { IdleproofError } from '../../errors.ts';
import { KEY_VARIABLE } from '../../model/attestation.ts';

/** What a header may be; see RFC 9110, 5.5. */
const FIELD_VALUE = /^[\t\u0020-\u007E\u0080-\u00FF]*$/;

/**
 * Headers with what they take from the environment, in the moment in which they are sent: nothing that is kept or compared holds it. The key
 * that signs proofs is nobody else's.
 * @throws IdleproofError MEASURE_HEADER that names the variable, and no value
 */
export function secretHeaders(
  headers: Readonly<Record<string, string>>,
  given: Environment,
): Record<string, string> {
  const environment = { ...given, [KEY_VARIABLE]: undefined };
  return Object.fromEntries(
    Object.entries(headers).map(([header, written]) => {
      const { value, missing } = fromEnvironment(written, environment);
      if (missing !== null)
        throw new IdleproofError('MEASURE_HEADER', { header, problem: sayMissing(missing) });
      if (FIELD_VALUE.test(value)) return [header, value];
      throw new IdleproofError('MEASURE_HEADER', { header, problem: `the value of ${written} is no header` });
    }),
  );
}
