/** What idleproof uses of autocannon, which has no types of its own; see its README. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';
  import type { Socket } from 'node:net';

  export interface Client extends EventEmitter {
    conn: Socket;
    destroyed: boolean;
    reqsMade: number;
    responseMax: number | undefined;
    parser: { finish(): unknown; reinitialize(type: unknown): void; type: unknown };
    /** In milliseconds. */
    timeout: number;
    pipelinedRequests: { size(): number; clear(): void };
    _connect(): void;
    _doRequest(): void;
    _resetConnection(): void;
    destroy(): void;
  }

  interface Options {
    url: string;
    method: string;
    headers: Record<string, string>;
    body?: string | Buffer;
    connections: number;
    amount?: number;
    /** In seconds. */
    duration?: number;
    /** Between two samples, in milliseconds; a run ends at one of them. */
    sampleInt: number;
    setupClient: (client: Client) => void;
  }

  interface Result {
    errors: number;
    timeouts: number;
  }

  interface Instance extends EventEmitter, PromiseLike<Result> {
    stop(): void;
  }

  export default function autocannon(options: Options): Instance;
}
