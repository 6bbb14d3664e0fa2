import { parseArgs } from 'node:util';

const MINUTE_MS = 60_000;

/** What the command line asks for; times in ms. The shorter the run, the shorter its windows, so that it has some. */
export function readOptions() {
  const { values } = parseArgs({
    options: {
      hours: { type: 'string' },
      minutes: { type: 'string' },
      seed: { type: 'string', default: '1' },
      keep: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  const durationMs = Number(values.hours ?? 0) * 60 * MINUTE_MS + Number(values.minutes ?? 0) * MINUTE_MS;
  if (!(durationMs > 0)) throw new Error('--hours N or --minutes N: how long');
  const windowMs = Math.min(10 * MINUTE_MS, Math.max(45_000, durationMs / 12));
  return { durationMs, windowMs, seed: Number(values.seed), keep: values.keep, write: values.write };
}
