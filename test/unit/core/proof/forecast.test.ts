import { describe, expect, it } from 'vitest';
import { forecast, type ForecastFacts } from '../../../../src/core/proof/forecast.ts';
import { describeCoverage } from '../../../../src/core/proof/coverage.ts';
import { Scene } from '../../support/evidence.ts';

type One = ForecastFacts['collectors'][number];

const collector = (name: One['name'], fields: Partial<One> = {}): One => ({
  name,
  target: null,
  status: 'ok',
  tier: 'sampled',
  reason: null,
  ...fields,
});
const CPU = collector('cpu', { tier: 'counter' });
const SOCKETS = collector('sockets');
const TRACE = collector('trace', { tier: 'zero-miss' });
const { processes } = new Scene().evidence;

const of = (collectors: One[], fields: Partial<ForecastFacts> = {}) =>
  forecast({
    targets: ['app'],
    processes,
    collectors,
    set: 'native',
    durationMs: 60_000,
    tickMs: 1000,
    ...fields,
  });

const lifetimes = (collectors: One[], fields?: Partial<ForecastFacts>) => {
  const { atRest, atWork } = of(collectors, fields);
  return [atRest.connectionLifetimeSeconds, atWork.connectionLifetimeSeconds];
};

describe('forecast', () => {
  it('excludes the same period as a proof of a whole window', () => {
    const { evidence, window } = new Scene(60);
    expect(of([CPU, SOCKETS]).atWork.periodSeconds).toEqual(
      describeCoverage(evidence, window).excludes.periodSeconds,
    );
  });

  it('excludes any connection where the kernel records them', () => {
    expect(lifetimes([CPU, SOCKETS, TRACE])).toEqual([{ min: 0 }, { min: 0 }]);
  });

  it('excludes those of a tick by sampling, and any while the CPU clock stands still', () => {
    expect(lifetimes([CPU, SOCKETS])).toEqual([{ min: 0 }, { min: 1 }]);
    expect(lifetimes([CPU, SOCKETS], { tickMs: 5000 })).toEqual([{ min: 0 }, { min: 5 }]);
  });

  it('does not rest on a CPU clock that cannot be read', () => {
    expect(lifetimes([{ ...CPU, status: 'partial' }, SOCKETS])).toEqual([{ min: 1 }, { min: 1 }]);
    expect(lifetimes([SOCKETS])).toEqual([{ min: 1 }, { min: 1 }]);
  });

  it.each([
    ['partial', { ...SOCKETS, status: 'partial' as const }],
    ['unavailable', { ...SOCKETS, status: 'unavailable' as const }],
  ])('excludes nothing where sockets are %s', (_, sockets) => {
    expect(lifetimes([CPU, sockets])).toEqual([null, null]);
    expect(lifetimes([CPU, sockets, TRACE])).toEqual([{ min: 0 }, { min: 0 }]);
  });

  it('excludes nothing where the trace is all there is and does not work', () => {
    expect(lifetimes([CPU, { ...TRACE, status: 'unavailable' }])).toEqual([null, null]);
  });
});
