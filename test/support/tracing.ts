import { existsSync } from 'node:fs';
import { parseTracePage } from '../../src/core/parse/trace-page.ts';
import {
  TRACE_EVENTS,
  type TraceDecoder,
  type TraceEventName,
  traceDecoder,
} from '../../src/core/parse/trace-records.ts';
import type { KernelRecord } from '../../src/model/kernel-record.ts';
import { openTraceInstance, type TraceInstance } from '../../src/os/trace-instance.ts';

/** Whether the kernel's trace can be used here; prints why its tests are skipped where it cannot. */
export function hasTrace(): boolean {
  const usable = process.geteuid?.() === 0 && existsSync('/sys/kernel/tracing/instances');
  if (!usable) console.log("skipped: the kernel's trace needs root and a mounted /sys/kernel/tracing");
  return usable;
}

/** A trace instance of which every event that can be decoded is on, and what it recorded. */
export class Tracing {
  readonly instance: TraceInstance;
  readonly decoder: TraceDecoder;
  /** Records that were lost before some page; null: some, their number is unknown. */
  missed: number | null = 0;

  constructor(
    tids: readonly number[],
    options: { bufferKb?: number; followForks?: boolean; events?: readonly TraceEventName[] } = {},
  ) {
    const { events = TRACE_EVENTS, bufferKb = 512, followForks = true } = options;
    this.instance = openTraceInstance({ bufferKb, followForks });
    this.instance.follow(tids);
    this.decoder = traceDecoder(this.instance.formats(events));
    for (const event of this.decoder.events) this.instance.enable(event, true);
  }

  /** What was recorded since the last call, in order of time. */
  records(): KernelRecord[] {
    const records: KernelRecord[] = [];
    const { pageHeader } = this.instance;
    this.instance.drain((page) => {
      const missed = parseTracePage(page, pageHeader, (atNs, offset, length) => {
        const record = this.decoder.decode(page, offset, length, atNs);
        if (record !== null) records.push(record);
      });
      this.missed = this.missed === null || missed === null ? null : this.missed + missed;
    });
    return records.sort((one, other) => one.atNs - other.atNs);
  }

  close(): void {
    this.instance.close();
  }
}
