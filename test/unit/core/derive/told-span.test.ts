import { expect, it } from 'vitest';
import { toldSpan } from '../../../../src/core/derive/told-span.ts';

it.each([
  [{ duration_ms: 812 }, 0.812, null],
  [{ total_ms: 4000, ttft_ms: 2270, token_count: 100 }, 4, 2.27],
  [{ durationMs: 500, first_token_ms: 200 }, 0.5, 0.2],
  [{ request_time_s: 0.25, timeout_s: 60, uptime_s: 9e6 }, 0.25, null],
  [{ elapsed_us: 1500 }, 0.0015, null],
  // Later than the end: one of the two is something else.
  [{ total_ms: 100, ttft_ms: 200 }, 0.1, null],
])('reads %j', (data, seconds, firstTokenSeconds) => {
  expect(toldSpan(data)).toEqual({ seconds, firstTokenSeconds });
});

it.each([
  [{ ttft_ms: 200 }],
  [{ duration: 5 }],
  [{ duration_ms: 'long' }],
  [{ duration_ms: 0 }],
  [{ duration_ms: -1 }],
  [{ total_tokens_per_sec: 5 }],
  [{ total_bytes: 5 }],
])('finds none in %j', (data) => {
  expect(toldSpan(data)).toBeNull();
});
