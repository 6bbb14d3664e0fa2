import type { Fault } from '../fault.ts';
import { struck } from '../strike-inside.ts';

/** A collector is asked only where something ran: so that the target runs, it is told to do nothing. */
const throwing = (preload: string, holdMs: number, says: string): Fault => {
  const inside = struck(preload);
  return {
    name: preload,
    says,
    holdMs,
    ...inside,
    strike: async (stage) => {
      await inside.strike?.(stage);
      await stage.scene.driver.run('pass');
    },
  };
};

export const collectorsThrow: Fault = throwing(
  'collectors-throw',
  1_500,
  'every collector throws at each look, for 1.5 s',
);

export const collectorsThrowOnce: Fault = throwing(
  'collectors-throw-once',
  900,
  'every collector throws the next time it is asked',
);

export const gateThrows: Fault = throwing('gate-throws', 900, 'the gate, which tells who ran, throws');
