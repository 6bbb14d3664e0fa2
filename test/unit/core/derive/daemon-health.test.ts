import { describe, expect, it } from 'vitest';
import { healthOf } from '../../../../src/core/derive/daemon-health.ts';
import { statusOf } from '../../../support/daemon-status.ts';

const status = statusOf();

describe('healthOf', () => {
  it('is well while the loop ticks and the store commits', () => {
    expect(healthOf(status)).toEqual({
      ok: true,
      loop: { ok: true, reason: null },
      store: { ok: true, reason: null },
    });
  });

  it('is not well when the last look is long ago', () => {
    const { ok, loop, store } = healthOf({ ...status, lastLookAtMs: status.atMs - 11_000 });
    expect({ ok, loop, store: store.ok }).toEqual({
      ok: false,
      loop: { ok: false, reason: 'no look for 11 s' },
      store: true,
    });
  });

  it('counts a first look that never came from the start', () => {
    expect(healthOf({ ...status, lastLookAtMs: null }).loop.ok).toBe(false);
    expect(healthOf({ ...status, lastLookAtMs: null, startedAtMs: status.atMs - 1_000 }).loop.ok).toBe(true);
  });

  it('waits five ticks where ticks are long', () => {
    const slow = { ...status, tickMs: 10_000 };
    expect(healthOf({ ...slow, lastLookAtMs: status.atMs - 50_000 }).loop.ok).toBe(true);
    expect(healthOf({ ...slow, lastLookAtMs: status.atMs - 50_001 }).loop.ok).toBe(false);
  });

  it('is not well when evidence waits, and is when there is none to wait', () => {
    const store = { ...status.store, uncommittedSinceMs: status.atMs - 91_000 };
    expect(healthOf({ ...status, store }).store.reason).toBe('evidence has waited to be committed for 91 s');
    const idle = { ...store, uncommittedSinceMs: null, lastCommitAtMs: null };
    expect(healthOf({ ...status, store: idle }).ok).toBe(true);
  });
});
