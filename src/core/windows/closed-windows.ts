import type { UserQuietSpec } from '../../model/window-spec.ts';
import type { AmendAction, CloseAction, WithdrawAction } from './action.ts';
import { usedBefore, withinGuard } from './reasons.ts';

/** Older ones stand as they are: memory is bounded. With windows of an hour, six weeks. */
const KEPT = 1000;

interface Kept extends Omit<CloseAction, 'kind'> {
  anchorMs: number | null;
  guardMs: number;
  /** So long before it nobody may have used the app. */
  quietMs: number;
}

/** The `user-quiet` windows that are over, for user actions that become known only afterwards. */
export class ClosedWindows {
  #kept: Kept[] = [];

  add({ id, fromMs, toMs, closedBy }: CloseAction, anchorMs: number | null, spec: UserQuietSpec): void {
    const { quietForMs, settleMs, guardMs } = spec;
    const quietMs = quietForMs + (settleMs === 'auto' ? 0 : settleMs);
    this.#kept.push({ id, fromMs, toMs, closedBy, anchorMs, guardMs, quietMs });
    if (this.#kept.length > KEPT) this.#kept.shift();
  }

  /** What the actions change about windows that were closed before. */
  late(userActions: readonly number[]): (AmendAction | WithdrawAction)[] {
    const actions: (AmendAction | WithdrawAction)[] = [];
    if (userActions.length === 0) return actions;
    this.#kept = this.#kept.flatMap((one) => {
      const late = userActions.reduce<Kept | string>((kept, atMs) => revise(kept, atMs), one);
      if (typeof late === 'string') {
        actions.push({ kind: 'withdraw', id: one.id, fromMs: one.fromMs, reason: late });
        return [];
      }
      const { id, fromMs, toMs, closedBy, anchorMs } = late;
      if (late !== one) actions.push({ kind: 'amend', id, fromMs, toMs, closedBy, anchorMs });
      return [late];
    });
    return actions;
  }
}

/** The window as it is with one more action; why it is none, as text. */
function revise(window: Kept | string, atMs: number): Kept | string {
  if (typeof window === 'string') return window;
  const { fromMs, toMs, guardMs, quietMs, anchorMs } = window;
  const beforeMs = fromMs - atMs;
  if (beforeMs >= 0 && beforeMs < quietMs) return usedBefore(beforeMs);
  if (beforeMs >= 0) return atMs > (anchorMs ?? -Infinity) ? { ...window, anchorMs: atMs } : window;
  if (atMs - guardMs >= toMs) return window;
  if (atMs - guardMs <= fromMs) return withinGuard(-beforeMs);
  return { ...window, toMs: atMs - guardMs, closedBy: 'user' };
}
