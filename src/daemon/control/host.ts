import type { ControlHost, ReloadAnswer, VerdictQuery } from '../../model/control-api.ts';
import type { DaemonStatus, WindowVerdict } from '../../model/daemon-status.ts';
import type { AlertPost } from '../alert-post.ts';
import type { Reloading } from '../reloading.ts';
import { describeDaemon, type StatusParts } from '../status.ts';
import type { Watching } from '../watch/watching.ts';

export interface HostParts extends Omit<StatusParts, 'run' | 'plan' | 'alerts' | 'loadedMs'> {
  watching: Pick<Watching, 'run' | 'plan'>;
  post: Pick<AlertPost, 'standing'>;
  reloading: Pick<Reloading, 'reload' | 'loadedMs'>;
}

/** What others may ask of the daemon. */
export class DaemonHost implements ControlHost {
  readonly #parts: HostParts;

  constructor(parts: HostParts) {
    this.#parts = parts;
  }

  status(): DaemonStatus {
    const { watching, post, reloading, ...known } = this.#parts;
    const { run, plan } = watching;
    return describeDaemon({ ...known, run, plan, alerts: post.standing, loadedMs: reloading.loadedMs });
  }

  verdicts(query: VerdictQuery): WindowVerdict[] {
    return this.#parts.ledger.verdicts(query);
  }

  async openWindow(id: string): Promise<void> {
    await this.#parts.watching.run?.byHand(id, 'open');
  }

  async closeWindow(id: string): Promise<void> {
    await this.#parts.watching.run?.byHand(id, 'close');
  }

  reload(): Promise<ReloadAnswer> {
    return this.#parts.reloading.reload();
  }
}
