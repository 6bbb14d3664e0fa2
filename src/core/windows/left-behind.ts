import type { OpenedWindow, WaitedFor, Window, WindowKey } from '../../model/evidence.ts';
import type { Verdict } from '../../model/verdict.ts';

/** What a store tells of its windows, in the order of writing. `run`: a watch begins, or is repeated by a keyframe. */
export type WindowDocument =
  | { kind: 'run'; body: { id: string } }
  | { kind: 'opening'; body: OpenedWindow }
  | { kind: 'window'; body: Window }
  | { kind: 'noWindow'; body: WindowKey }
  | { kind: 'waitedFor'; body: WaitedFor }
  | { kind: 'verdict'; body: { windowId: string; fromMs: number; verdict: Verdict; folder: string | null } };

/** A window that was closed and of which, as it was written last, there is no proof. */
interface Unproved {
  window: Window;
  /** It was judged, and its proof could not be written; null: it was not judged. */
  verdict: Verdict | null;
  /** null: something of it may have come late. */
  waitedFor: WaitedFor | null;
  /** Else nothing that is written now belongs to its watch. */
  isOfLastRun: boolean;
}

/** Windows that a watchdog has left unfinished. */
export interface LeftBehind {
  /** Of the last watch: those whose end was never written. */
  open: OpenedWindow[];
  unproved: Unproved[];
}

/** Finds what was left. What is written of a window after its verdict (it became shorter, something came late) asks for another one; a verdict without a proof leaves the proof to be written. */
export function leftBehind(documents: Iterable<WindowDocument>): LeftBehind {
  const open = new Map<string, OpenedWindow>();
  const closed = new Map<string, Unproved & { runId: string }>();
  let runId = '';
  for (const { kind, body } of documents) {
    if (kind === 'run') {
      if (body.id !== runId) open.clear();
      runId = body.id;
    } else if (kind === 'opening') open.set(keyOf(body), body);
    else if (kind === 'noWindow') open.delete(keyOf(body));
    else if (kind === 'verdict') {
      const key = keyOf({ id: body.windowId, fromMs: body.fromMs });
      const one = closed.get(key);
      if (body.folder !== null) closed.delete(key);
      else if (one !== undefined) one.verdict = body.verdict;
    } else if (kind === 'waitedFor') {
      const one = closed.get(keyOf(body));
      if (one !== undefined) one.waitedFor = body;
    } else {
      open.delete(keyOf(body));
      closed.delete(keyOf(body));
      if (body.toMs > body.fromMs)
        closed.set(keyOf(body), { window: body, verdict: null, waitedFor: null, isOfLastRun: false, runId });
    }
  }
  return {
    open: [...open.values()],
    unproved: [...closed.values()].map(({ runId: of, ...one }) => ({ ...one, isOfLastRun: of === runId })),
  };
}

const keyOf = ({ id, fromMs }: WindowKey): string => `${id} ${fromMs}`;
