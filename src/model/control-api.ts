import type { DaemonHealth, DaemonStatus, WindowVerdict } from './daemon-status.ts';

/** Which verdicts are asked for: the newest first. */
export interface VerdictQuery {
  /** null: of all windows. */
  windowId: string | null;
  limit: number;
}

/** A changed configuration that is used from now on. */
export interface ReloadAnswer {
  path: string;
  sha256: string;
  /** Whether anything differs from what was used before. */
  changed: boolean;
}

/** What the daemon does for its control socket. Each function may throw an IdleproofError, which the client is told. */
export interface ControlHost {
  status(): DaemonStatus;
  verdicts(query: VerdictQuery): WindowVerdict[];
  /** Of a window by hand that is known and waiting. */
  openWindow(id: string): Promise<void>;
  /** Of a window by hand that is known and not waiting. */
  closeWindow(id: string): Promise<void>;
  reload(): Promise<ReloadAnswer>;
}

/** What a request that was refused is told. */
export interface ControlProblem {
  error: { code: string; message: string; hint: string };
}

/** Bodies of the answers, by what was asked. */
export interface ControlAnswers {
  status: DaemonStatus;
  windows: { windows: DaemonStatus['windows'] };
  verdicts: { verdicts: WindowVerdict[] };
  window: { window: DaemonStatus['windows'][number] };
  reload: ReloadAnswer;
  health: DaemonHealth;
}
