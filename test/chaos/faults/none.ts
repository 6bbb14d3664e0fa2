import type { Fault } from '../fault.ts';

export const none: Fault = {
  name: 'none',
  says: 'nothing goes wrong',
  moments: ['during'],
};
