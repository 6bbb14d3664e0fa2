import { ERRORS, PLACEHOLDER } from '../../errors.ts';

/** docs/errors.md: the whole table, for people who look a code up. */
export function errorsPage(): string {
  const entries = Object.entries(ERRORS).map(
    ([code, { exitCode, message, hint }]) =>
      `## ${code}\n\nExit code ${exitCode}. ${withBrackets(message)}\n\n${withBrackets(hint)}\n`,
  );
  const intro =
    'Every error starts with its code. What stands in ‹angle brackets› is filled in. Written by `npm run docs` from `src/errors`.';
  return `# Errors\n\n${intro}\n\n${entries.join('\n')}`;
}

const withBrackets = (template: string): string => template.replaceAll(PLACEHOLDER, '‹$1›');
