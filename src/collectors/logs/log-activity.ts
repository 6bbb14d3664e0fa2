import { detectTimeFormat, type TimeFormat } from '../../core/parse/event-time.ts';
import type { LineRecord } from '../../core/parse/log/line-parser.ts';
import { lineStamp, toldMs, type UtcOffset } from '../../core/parse/log/line-stamp.ts';
import { type Sighting, sightedTimes } from '../../core/parse/sighting.ts';
import type { LogActivity } from '../../model/activity.ts';

/** Makes activities of the lines of one log, whose times are all written alike. */
export class LogActivities {
  readonly #target: string;
  readonly #source: string;
  readonly #utcOffset: UtcOffset;
  /** null until a line has a time that can be understood. */
  #timeFormat: TimeFormat | null = null;

  constructor(target: string, source: string, utcOffset: UtcOffset) {
    this.#target = target;
    this.#source = source;
    this.#utcOffset = utcOffset;
  }

  /** What looks like no time of day at all (seconds since a program began) is a number like any other. */
  of({ category, time, data }: LineRecord, sighting: Sighting): LogActivity {
    this.#timeFormat ??= detectTimeFormat([time]);
    const format = this.#timeFormat;
    // The zone is chosen without that patience, which may be as long as zones are apart.
    const stamp = format === null ? null : lineStamp(time, format, sighting, this.#utcOffset);
    const patient = { ...sighting, graceMs: sighting.graceMs + toldMs(data) };
    const isStamped = format !== null && time !== null;
    return {
      kind: 'log',
      target: this.#target,
      collector: 'logs',
      processId: null,
      thread: null,
      source: this.#source,
      category,
      data,
      ...sightedTimes(stamp, isStamped, patient),
    };
  }
}
