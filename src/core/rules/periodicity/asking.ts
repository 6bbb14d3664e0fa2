import type { TimeSpan } from '../../../model/time.ts';
import type { Searched } from '../../periodicity/periods.ts';
import { type AskForPeriods, type EventSeries, findAnew } from './search.ts';

/** Finds the periods of each series once, however many rules come to it. */
export function askingOnce(find: AskForPeriods = findAnew): AskForPeriods {
  const asked = new Map<string, { series: EventSeries; found: Readonly<Searched> }[]>();
  return (series, alpha) => {
    const { timesMs, resolutionMs } = series;
    const rough = [alpha, resolutionMs, timesMs.length, timesMs[0], timesMs.at(-1)].join(' ');
    const alike = asked.get(rough) ?? [];
    asked.set(rough, alike);
    const known = alike.find((one) => isSame(one.series, series));
    if (known !== undefined) return known.found;
    const found = find(series, alpha);
    alike.push({ series, found });
    return found;
  };
}

function isSame(one: EventSeries, other: EventSeries): boolean {
  return (
    one.exposure.length === other.exposure.length &&
    one.exposure.every((span, index) => isSameSpan(span, other.exposure[index])) &&
    haveSameTimes(one.timesMs, other.timesMs)
  );
}

function haveSameTimes(one: EventSeries['timesMs'], other: EventSeries['timesMs']): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index += 1) if (one[index] !== other[index]) return false;
  return true;
}

function isSameSpan({ fromMs, toMs }: TimeSpan, other: TimeSpan | undefined): boolean {
  return fromMs === other?.fromMs && toMs === other.toMs;
}
