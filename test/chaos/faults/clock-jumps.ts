import type { Fault } from '../fault.ts';
import { struck } from '../strike-inside.ts';

const jumping = (name: string, ms: number, says: string): Fault => {
  const inside = struck(name);
  return {
    name,
    says,
    ...inside,
    strike: async (stage) => {
      await inside.strike?.(stage);
      stage.scene.clockOffsetMs = ms;
    },
    undo: () => {},
  };
};

export const clockForward: Fault = jumping(
  'clock-forward',
  3_600_000,
  'the wall clock, by which the app stamps its rows, jumps on by an hour',
);

export const clockBack: Fault = jumping(
  'clock-back',
  -3_600_000,
  'the wall clock, by which the app stamps its rows, jumps back by an hour',
);
