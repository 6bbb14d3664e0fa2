import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { EventBurst } from '../../../../src/collectors/files/event-burst.ts';

describe('EventBurst', () => {
  it('tells once when half of the queue came at once', () => {
    let told = 0;
    const burst = new EventBurst(() => (told += 1), 10);
    for (let nth = 0; nth < 4; nth += 1) burst.count();
    expect(told).toBe(0);
    for (let nth = 0; nth < 20; nth += 1) burst.count();
    expect(told).toBe(1);
  });

  it('does not add up what came at different times', async () => {
    let told = 0;
    const burst = new EventBurst(() => (told += 1), 10);
    for (let nth = 0; nth < 10; nth += 1) {
      burst.count();
      await nextTurn();
    }
    expect(told).toBe(0);
  });
});
