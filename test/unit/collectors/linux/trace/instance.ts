import type { TracePageHeader } from '../../../../../src/core/parse/trace-format.ts';
import type { TraceStats } from '../../../../../src/core/parse/trace-stats.ts';
import type { NotFollowed, TraceInstance } from '../../../../../src/os/trace-instance.ts';
import type { VisitPage } from '../../../../../src/os/trace-pages.ts';
import { traceFormats, tracePageHeader } from '../../../../support/trace-fixtures.ts';

const FORMATS = traceFormats();

/** What a drain finds; `isOver` is false where more was written meanwhile. */
interface Drain {
  pages: readonly DataView[];
  isOver: boolean;
  /** The CPU that wrote more; left out: 0, whose pages all are. */
  busyCpu?: number;
}

/** A trace instance as it was recorded: the real one needs root. */
export class RecordedInstance implements TraceInstance {
  readonly folder = '/sys/kernel/tracing/instances/recorded';
  readonly pageHeader: TracePageHeader = tracePageHeader();
  /** Events that this kernel does not have. */
  lacking: readonly string[] = [];
  drains: Drain[] = [];
  counts: TraceStats = { entries: 0, overrun: 0, commitOverrun: 0, bytes: 0, dropped: 0, read: 0 };
  refused: NotFollowed[] = [];
  /** Events that cannot be switched on. */
  refusedEvents: readonly string[] = [];
  /** Everything that was asked of it. */
  readonly log: string[] = [];
  onFollow: (tids: readonly number[]) => void = () => {};
  problem: Error | null = null;
  foreignWrite: string | null = null;
  unwatched: string | null = null;
  #busyCpu = 0;

  formats(events: readonly string[]): Map<string, string> {
    return new Map([...FORMATS].filter(([event]) => events.includes(event) && !this.lacking.includes(event)));
  }

  follow(tids: Iterable<number>): NotFollowed[] {
    const all = [...tids];
    this.log.push(`follow ${all.join(' ')}`);
    this.onFollow(all);
    return this.refused.filter(({ tid }) => all.includes(tid));
  }

  followed(): number[] {
    return [];
  }

  enable(event: string, on: boolean): void {
    if (this.refusedEvents.includes(event)) throw new Error(`${event} cannot be recorded`);
    this.log.push(`${on ? 'enable' : 'disable'} ${event}`);
  }

  filter(event: string, expression: string): void {
    this.log.push(`filter ${event}: ${expression}`);
  }

  drain(visit: VisitPage): number[] {
    if (this.problem !== null) throw this.problem;
    const { pages, isOver, busyCpu = 0 } = this.drains.shift() ?? { pages: [], isOver: true };
    for (const page of pages) visit(page, 0);
    this.#busyCpu = busyCpu;
    return isOver ? [] : [busyCpu];
  }

  stats(cpus: readonly number[] = [this.#busyCpu]): TraceStats {
    this.log.push('stats');
    return cpus.includes(this.#busyCpu) ? this.counts : { ...this.counts, entries: 0 };
  }

  close(): void {
    this.log.push('close');
    if (this.problem !== null) throw this.problem;
  }
}
