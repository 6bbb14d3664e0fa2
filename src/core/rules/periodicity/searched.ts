import type { Evidence } from '../../../model/evidence.ts';
import type { TimeSpan } from '../../../model/time.ts';
import { once } from '../../derive/once.ts';
import type { PeriodFinding } from '../../periodicity/finding.ts';
import { type EventSeries, findAnew, type FindPeriods } from './search.ts';

interface Searched {
  series: EventSeries;
  findings: readonly PeriodFinding[];
}

/** Finds periods as `findAnew` does; a series that several rules come to is searched once. */
export function periodFinder(evidence: Evidence): FindPeriods {
  return once(evidence, periodFinder, '', () => {
    const searched = new Map<string, Searched[]>();
    return (series, alpha) => {
      const { timesMs, resolutionMs } = series;
      const rough = [alpha, resolutionMs, timesMs.length, timesMs[0], timesMs.at(-1)].join(' ');
      const alike = searched.get(rough) ?? [];
      searched.set(rough, alike);
      const known = alike.find((one) => isSame(one.series, series));
      if (known !== undefined) return known.findings;
      const findings = findAnew(series, alpha);
      alike.push({ series, findings });
      return findings;
    };
  });
}

function isSame(one: EventSeries, other: EventSeries): boolean {
  return (
    one.exposure.length === other.exposure.length &&
    one.exposure.every((span, index) => isSameSpan(span, other.exposure[index])) &&
    one.timesMs.every((atMs, index) => atMs === other.timesMs[index])
  );
}

function isSameSpan({ fromMs, toMs }: TimeSpan, other: TimeSpan | undefined): boolean {
  return fromMs === other?.fromMs && toMs === other.toMs;
}
