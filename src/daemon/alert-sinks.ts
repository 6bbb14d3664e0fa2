import { hostname } from 'node:os';
import { join } from 'node:path';
import { Outbox } from '../alerts/outbox.ts';
import { decoded } from '../alerts/redact.ts';
import type { Sink } from '../alerts/sink.ts';
import { createSink } from '../alerts/sinks.ts';
import type { Log } from './log/log.ts';
import type { DaemonPlan } from './plan.ts';

/** Where the alerts of a plan go. */
export function openSinks({ alerts }: Pick<DaemonPlan, 'alerts'>): Sink[] {
  return alerts.map(({ key, sink }) => ({ ...createSink(sink, hostname()), key }));
}

/** What no log may show of where the alerts of a plan go: addresses, and their parts that let somebody in. */
export function secretsOf({ alerts }: Pick<DaemonPlan, 'alerts'>): string[] {
  return alerts.flatMap(({ sink }) => {
    const address = 'url' in sink ? sink.url : 'smtp' in sink ? sink.smtp : null;
    if (address === null) return [];
    const { password, pathname, search } = new URL(address);
    return [address, `${pathname}${search}`, password, decoded(password)];
  });
}

/** The outbox of a state folder. @throws IdleproofError OUTBOX_WRITE */
export function openOutbox(stateFolder: string, plan: DaemonPlan, log: Log): Outbox {
  return Outbox.open({
    path: join(stateFolder, 'outbox.db'),
    sinks: openSinks(plan),
    random: Math.random,
    log: (level, message, fields) => log[level](message, fields),
  });
}
