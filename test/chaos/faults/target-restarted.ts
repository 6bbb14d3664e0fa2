import { writeFileSync } from 'node:fs';
import { startDriver } from '../../support/driver.ts';
import type { Fault } from '../fault.ts';

export const targetRestarted: Fault = {
  name: 'target-restarted',
  // The new one was started while nobody used the app.
  breaks: ['children'],
  says: 'the target is killed and another one started in its place; what comes then is done by that one, at once',
  strike: async ({ scene }) => {
    await scene.driver.stop();
    scene.driver = await startDriver();
    writeFileSync(scene.pidfile, `${scene.driver.pid}\n`);
  },
};

export const targetKilled: Fault = {
  name: 'target-killed',
  says: 'the target is killed, and stays away',
  moments: ['before'],
  lasts: true,
  strike: ({ scene }) => scene.driver.stop(),
};
