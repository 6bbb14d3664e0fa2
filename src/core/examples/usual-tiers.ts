import type { CollectorName, Tier } from '../../model/collector.ts';

/** How each collector knows on Linux where nothing hinders it; test/integration/collectors-contract.test.ts asks them. */
export const USUAL_TIERS: Readonly<Record<CollectorName, Tier>> = {
  cpu: 'counter',
  memory: 'sampled',
  wakeups: 'counter',
  io: 'counter',
  processes: 'sampled',
  sockets: 'sampled',
  trace: 'zero-miss',
  events: 'counter',
  logs: 'counter',
  files: 'counter',
};
