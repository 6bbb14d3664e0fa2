import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRORS, errorsPage, IdleproofError } from '../../src/errors.ts';

describe('the error table', () => {
  it('is what docs/errors.md says (npm run docs)', () => {
    expect(readFileSync('docs/errors.md', 'utf8')).toBe(errorsPage());
  });

  it.each(Object.entries(ERRORS))('%s says what and what to do, in sentences', (_, { message, hint }) => {
    for (const text of [message, hint]) expect(text).toMatch(/^[A-Z«{/].*[.?}]$|^[a-z].*\.$/s);
  });

  it('fills in details and keeps what nobody filled', () => {
    const error = new IdleproofError('PID_NOT_FOUND', { pid: 7 });
    expect(error).toMatchObject({ message: 'There is no process 7.', exitCode: 3, code: 'PID_NOT_FOUND' });
    expect(new IdleproofError('PID_NOT_FOUND').message).toContain('{pid}');
  });
});
