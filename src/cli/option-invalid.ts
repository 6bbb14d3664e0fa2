import { IdleproofError } from '../errors.ts';

/** Refuses what an option of `check` says. @throws IdleproofError OPTION_INVALID */
export function invalid(option: string, problem: string): never {
  throw new IdleproofError('OPTION_INVALID', { option, problem, command: 'check' });
}
