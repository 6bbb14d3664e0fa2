import type { ControlHost } from '../../model/control-api.ts';
import { type MetricsServer, startMetricsServer } from './server.ts';

/** Where the daemon tells its metrics, which a new configuration can move. */
export class MetricsEndpoint {
  readonly #host: Pick<ControlHost, 'status'>;
  #server: MetricsServer | null = null;

  constructor(host: Pick<ControlHost, 'status'>) {
    this.#host = host;
  }

  /**
   * Listens there from now on, and nowhere else; null: nowhere.
   * @throws IdleproofError where it cannot; the address before goes on
   */
  async use(address: string | null): Promise<void> {
    const before = this.#server;
    if (address === (before?.address ?? null)) return;
    this.#server = address === null ? null : await startMetricsServer(address, this.#host);
    await before?.close();
  }

  async close(): Promise<void> {
    await this.use(null);
  }
}
