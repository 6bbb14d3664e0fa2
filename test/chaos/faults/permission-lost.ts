import type { Fault } from '../fault.ts';
import { struck } from '../strike-inside.ts';
import { needsRoot } from '../trace-instances.ts';

export const permissionLostForAWhile: Fault = {
  name: 'permission-lost-for-a-while',
  says: 'the watchdog is another user for 1.5 s',
  holdMs: 1_500,
  unavailable: needsRoot,
  ...struck('permission-lost'),
};

export const permissionLost: Fault = {
  name: 'permission-lost',
  says: 'the watchdog is another user to its end',
  lasts: true,
  moments: ['before', 'during'],
  unavailable: needsRoot,
  ...struck('permission-lost'),
  undo: () => {},
};
