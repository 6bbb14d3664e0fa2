import type { Fault } from '../fault.ts';
import { needsTrace } from '../trace-instances.ts';

/** Whoever says nothing is never wrong: here, where the most can be seen, something has to be proved. */
export const none: Fault = {
  name: 'none',
  says: 'nothing goes wrong',
  moments: ['during'],
  missed: ({ proof }) =>
    needsTrace() === null && (proof === null || proof.verdict === 'inconclusive')
      ? `nothing went wrong, and nothing was proved: ${proof?.headline ?? 'there is no proof'}`
      : null,
};
