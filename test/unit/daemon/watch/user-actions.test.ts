import { describe, expect, it } from 'vitest';
import { UserActions } from '../../../../src/daemon/watch/user-actions.ts';
import type { LogActivity } from '../../../../src/model/activity.ts';

const line = (given: Partial<LogActivity>): LogActivity => ({
  kind: 'log',
  target: 'app',
  collector: 'logs',
  processId: null,
  thread: null,
  source: '/srv/app.log',
  category: 'chat',
  data: {},
  atMs: 1_000,
  stampedAtMs: 1_000,
  firstSeenAtMs: 9_000,
  stampDoubtful: false,
  ...given,
});

describe('when a user acted', () => {
  it.each([
    ['as its stamp says', {}, 1_000],
    ['when it was seen, where the stamp is from before it was written', { backdated: true as const }, 9_000],
  ])('%s', (_, given, atMs) => {
    const users = new UserActions([{ activity: 'log', match: { category: 'chat' } }]);
    users.see([line(given), line({ category: 'tick', atMs: 20_000 })], () => null);
    expect(users.lastMs).toBe(atMs);
    expect(users.take()).toEqual([atMs]);
    expect(users.hasNews).toBe(false);
  });
});
