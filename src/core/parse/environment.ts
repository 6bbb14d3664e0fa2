/** `${ALERT_URL}` */
const REFERENCE = /\$\{([A-Za-z_]\w*)\}/g;

/** What a text that refers to the environment looks like; see isWellReferred. */
export const REFERENCE_PROBLEM =
  'the name of an environment variable has letters, digits and «_», as in ${ALERT_URL}';

/** Whether a text refers to the environment, rightly or not. */
export const isReferring = (text: string): boolean => text.includes('${');

/** Whether whatever looks like a reference in a text is one. */
export const isWellReferred = (text: string): boolean => !isReferring(text.replaceAll(REFERENCE, ''));

/** The variables that a text refers to. */
export const variablesIn = (text: string): string[] =>
  [...text.matchAll(REFERENCE)].map(([, name = '']) => name);

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The text with the values of its variables, or those that are not set or blank. */
export function fromEnvironment(
  text: string,
  environment: Environment,
): { value: string; missing: null } | { value: null; missing: string[] } {
  const missing = variablesIn(text).filter((name) => (environment[name] ?? '') === '');
  if (missing.length > 0) return { value: null, missing };
  return { value: text.replaceAll(REFERENCE, (_, name: string) => environment[name] ?? ''), missing: null };
}

/** Why a text has no value. */
export const sayMissing = (missing: readonly string[]): string =>
  `the environment variable ${missing.join(', ')} is not set`;
