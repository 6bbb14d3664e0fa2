import type { Activity } from '../activity.ts';

export const udp: Activity = {
  name: 'udp',
  rule: 'calls',
  does: 'the target sends one datagram of one byte',
  act: ({ driver, datagram }) => driver.run(datagram),
};
