import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRORS, IdleproofError } from '../../src/errors.ts';
import { errorsPage } from '../../src/render/reference/errors-page.ts';

describe('the error table', () => {
  it('is what docs/errors.md says (npm run docs)', () => {
    expect(readFileSync('docs/errors.md', 'utf8')).toBe(errorsPage());
  });

  it('shows what users write themselves as it is', () => {
    const { hint } = new IdleproofError('ALERTS_NONE', { ALERT_URL: 'no detail' });
    expect(hint).toContain('"${ALERT_URL}"');
    expect(errorsPage()).toContain(hint);
  });

  it.each(Object.entries(ERRORS))('%s says what and what to do, in sentences', (_, { message, hint }) => {
    for (const text of [message, hint]) expect(text).toMatch(/^[A-Z«{/].*[.?}]$|^[a-z].*\.$/s);
  });

  it('fills in details and keeps what nobody filled', () => {
    const error = new IdleproofError('PID_NOT_FOUND', { pid: 7 });
    expect(error).toMatchObject({ message: 'There is no process 7.', exitCode: 3, code: 'PID_NOT_FOUND' });
    expect(new IdleproofError('PID_NOT_FOUND').message).toContain('{pid}');
  });

  it('ends a sentence once', () => {
    const details = { option: '--for', problem: '«60» lacks a unit; did you mean 60s?', command: 'check' };
    const { message } = new IdleproofError('OPTION_INVALID', details);
    expect(message).toBe('--for: «60» lacks a unit; did you mean 60s?');
  });
});
