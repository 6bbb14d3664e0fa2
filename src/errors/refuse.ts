import { IdleproofError } from '../errors.ts';

/** Refuses what an option says. @throws IdleproofError OPTION_INVALID */
export type Refuse = (option: string, problem: string, cause?: unknown) => never;

/** Refuses options of this command: its help is what the error points to. */
export function refuser(command: string): Refuse {
  return (option, problem, cause) => {
    throw new IdleproofError('OPTION_INVALID', { option, problem, command }, cause);
  };
}
