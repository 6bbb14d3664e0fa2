import { describe, expect, it } from 'vitest';
import { fieldDimension, scaled } from '../../../../src/core/derive/field-dimension.ts';

const told = (name: string): string => {
  const { dimension, scale } = fieldDimension(name);
  return `${scale} ${dimension.quantity}${dimension.perSecond ? ' per second' : ''}`;
};

describe('units in names of fields', () => {
  it.each([
    ['duration_ms', '0.001 seconds'],
    ['durationMs', '0.001 seconds'],
    ['log.model_load.duration.ms', '0.001 seconds'],
    ['total_s', '1 seconds'],
    ['wait_us', '0.000001 seconds'],
    ['size_bytes', '1 bytes'],
    ['rss_mb', '1000000 bytes'],
    ['rss_MiB', '1 count'],
    ['rss_mib', '1048576 bytes'],
    ['cpu_percent', '1 percent'],
    ['tokens_per_sec', '1 count per second'],
    ['bytes_per_second', '1 bytes per second'],
    ['token_count', '1 count'],
    ['items', '1 count'],
    ['ms', '1 count'],
  ])('%s is %s', (name, unit) => {
    expect(told(name)).toBe(unit);
  });

  it('are rounded once', () => {
    expect(scaled(95, 0.01)).toBe(0.95);
    expect(scaled(57, 1e-3)).toBe(0.057);
    expect(scaled(2, 1024)).toBe(2048);
  });
});
