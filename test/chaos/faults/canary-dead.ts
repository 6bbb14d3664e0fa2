import type { Fault } from '../fault.ts';
import { struck } from '../strike-inside.ts';

export const canaryDead: Fault = {
  name: 'canary-dead',
  says: 'the canary is dead in the midst of the window',
  ...struck('canary-dead'),
  undo: () => {},
};

export const canaryNever: Fault = {
  name: 'canary-never-lived',
  says: 'the canary was dead from the beginning',
  setUp: struck('canary-never').setUp!,
};
