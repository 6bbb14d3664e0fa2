import { Counter, Gauge, Registry } from 'prom-client';
import type { MetricFamily } from '../../render/metric-family.ts';

/** Metrics in Prometheus' text format, with its content type. A registry for each answer: no old label stays behind. */
export async function exposition(
  families: readonly MetricFamily[],
): Promise<{ text: string; contentType: string }> {
  const registry = new Registry();
  for (const family of families) register(registry, family);
  return { text: await registry.metrics(), contentType: registry.contentType };
}

function register(registry: Registry, { name, type, help, samples }: MetricFamily): void {
  const [first] = samples;
  if (first === undefined) return;
  const config = { name, help, labelNames: Object.keys(first.labels), registers: [registry] };
  if (type === 'gauge') {
    const gauge = new Gauge(config);
    for (const { labels, value } of samples) gauge.set(labels, value);
    return;
  }
  const counter = new Counter(config);
  for (const { labels, value } of samples) counter.inc(labels, value);
}
