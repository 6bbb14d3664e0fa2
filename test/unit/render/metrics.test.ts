import { describe, expect, it } from 'vitest';
import type { MetricFamily } from '../../../src/render/metric-family.ts';
import { metricsOf } from '../../../src/render/metrics.ts';
import { statusOf, verdictOf, windowOf } from '../../support/daemon-status.ts';

const family = (families: readonly MetricFamily[], name: string): Record<string, number> =>
  Object.fromEntries(
    families
      .find((one) => one.name === name)!
      .samples.map(({ labels, value }) => [Object.values(labels).join(' '), value]),
  );

describe('metricsOf', () => {
  const metrics = metricsOf(statusOf());

  it('has names and types as Prometheus wants them', () => {
    for (const { name, type, help } of metrics) {
      expect(name).toMatch(/^idleproof_[a-z_]+$/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      expect(help).toMatch(/\.$/);
    }
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
  });

  it('gives base units: ratios, bytes, seconds', () => {
    expect(family(metrics, 'idleproof_target_cpu_ratio')).toEqual({ backend: 0.0012 });
    expect(family(metrics, 'idleproof_target_proportional_memory_bytes')).toEqual({ backend: 48_200_000 });
    expect(family(metrics, 'idleproof_start_timestamp_seconds')).toEqual({
      '': statusOf().startedAtMs / 1000,
    });
  });

  it('leaves out what is not known, and never calls it 0', () => {
    expect(family(metrics, 'idleproof_target_present')).toEqual({ backend: 1, model: 0 });
    expect(family(metrics, 'idleproof_target_wakeups_per_second')).toEqual({ backend: 1.5 });
    expect(family(metrics, 'idleproof_window_excluded_period_seconds')).toEqual({ 'after-chat': 3_790 });
    const unknown = metricsOf(
      statusOf({ self: { cpuSeconds: 1, rssBytes: 1, wakeups: null }, lastLookAtMs: null }),
    );
    expect(family(unknown, 'idleproof_self_wakeups_total')).toEqual({});
    expect(family(unknown, 'idleproof_last_look_timestamp_seconds')).toEqual({});
  });

  it('has the last verdict as a state set, and none before the first', () => {
    expect(family(metrics, 'idleproof_window_verdict')).toEqual({
      'after-chat pass': 1,
      'after-chat fail': 0,
      'after-chat inconclusive': 0,
      'nightly pass': 0,
      'nightly fail': 1,
      'nightly inconclusive': 0,
    });
    expect(family(metrics, 'idleproof_window_verdicts_total')).toMatchObject({
      'after-chat inconclusive': 2,
      'by-hand pass': 0,
    });
    expect(family(metrics, 'idleproof_window_findings')).toEqual({ 'after-chat': 0, nightly: 3 });
    expect(family(metrics, 'idleproof_window_rule_findings')).toEqual({
      'nightly network-activity': 2,
      'nightly network-period': 1,
    });
  });

  it('is bounded in samples and labels, and says so', () => {
    const findings = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, nth) => [`${nth}${'r'.repeat(500)}`, 1]),
    );
    const many = metricsOf(statusOf({ windows: [windowOf({ lastVerdict: verdictOf({ findings }) })] }));
    const samples = many.find(({ name }) => name === 'idleproof_window_rule_findings')!.samples;
    expect(samples).toHaveLength(1_000);
    expect(samples[0]!.labels['rule']).toHaveLength(128);
    expect(family(many, 'idleproof_metrics_samples_left_out')).toEqual({ '': 1_000 });
    expect(family(metrics, 'idleproof_metrics_samples_left_out')).toEqual({ '': 0 });
  });
});
