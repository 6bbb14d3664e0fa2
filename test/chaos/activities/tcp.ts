import { beat } from '../../support/midway.ts';
import type { Activity } from '../activity.ts';

export const tcp: Activity = {
  name: 'tcp',
  rule: 'calls',
  does: 'the target opens a TCP connection, sends two bytes and closes it, in some tenths of a millisecond',
  act: ({ driver, peer }) => driver.run(beat(peer.tcpPort)),
};
