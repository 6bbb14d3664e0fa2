import { z } from 'zod';
import {
  type Environment,
  fromEnvironment,
  isReferring,
  isWellReferred,
  REFERENCE_PROBLEM,
  sayMissing,
} from '../core/parse/environment.ts';
import { IdleproofError } from '../errors.ts';
import type { YamlDocument } from './yaml-document.ts';

/** Headers that let somebody in, by the last words of their names; `idempotency-key` does not. */
const SECRET =
  /(?:^|-)(?:authorization|auth|cookies?|credentials?|bearer|jwt|signature|session(?:-?id)?|[a-z]*(?:token|secret|password|passwd|passphrase)|(?:api|access|auth|private|secret|subscription|functions|account|master)-?key)$/i;
/** What lets somebody in wherever it stands; see RFC 7617 and RFC 6750. */
const CREDENTIALS = /^(?:basic|bearer)\s+\S/i;

const isSecret = (name: string, value: string): boolean =>
  SECRET.test(name.replaceAll('_', '-')) || CREDENTIALS.test(value);

/** Headers of requests. What lets somebody in does not stand in a file, but in the environment: `Bearer ${TOKEN}`. */
export const headersSchema: z.ZodType<Record<string, string>> = z
  .record(
    z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/, 'the name of a header'),
    z
      .string()
      .regex(/^[^\r\n]*$/, 'one line')
      .refine(isWellReferred, { message: REFERENCE_PROBLEM }),
  )
  .superRefine((headers, context) => {
    for (const [name, value] of Object.entries(headers)) {
      if (isReferring(value) || !isSecret(name, value)) continue;
      const example = /cookie/i.test(name) ? 'session=${SESSION}' : '${API_TOKEN}';
      const message = `a secret does not stand in a file: take it from the environment, as in ${example}`;
      context.addIssue({ code: 'custom', path: [name], message });
    }
  });

/** A header that takes a part of its value from the environment, and where that stands. */
export interface PlacedHeader {
  value: string;
  line: number;
  column: number;
}

/** Of the headers of one request. @param path of `headers` */
export function placeHeaders(
  headers: Readonly<Record<string, string>> | undefined,
  path: readonly (string | number)[],
  document: YamlDocument,
): PlacedHeader[] {
  return Object.entries(headers ?? {})
    .filter(([, value]) => isReferring(value))
    .map(([name, value]) => ({ value, ...document.positionOf([...path, name], 'value') }));
}

/**
 * What sends requests asks for their secrets before it begins.
 * @throws IdleproofError CONFIG_INVALID that names every variable that is missing, and its place, but no value
 */
export function assertHeaders(
  file: string,
  headers: readonly PlacedHeader[],
  environment: Environment,
): void {
  const problems = headers.flatMap(({ value, line, column }) => {
    const { missing } = fromEnvironment(value, environment);
    return missing === null ? [] : [`${file}:${line}:${column}: ${sayMissing(missing)}`];
  });
  if (problems.length > 0) throw new IdleproofError('CONFIG_INVALID', { problems: problems.join('\n') });
}
