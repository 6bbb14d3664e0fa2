import type { PageRequest } from './interactive.ts';

/** What is read of Network.requestWillBeSent; times are seconds of the browser's monotonic clock. */
export interface RequestSent {
  requestId: string;
  timestamp: number;
  type?: string | undefined;
  frameId?: string | undefined;
  request: { url: string };
}

interface Known {
  url: string;
  type: string;
  from: number;
  to: number | null;
  status: number | null;
  bytes: number;
  failure: string | null;
}

/** A request of a page that came to nothing. */
export interface FailedRequest {
  url: string;
  type: string;
  problem: string;
  /** The page is not whole without it: a document, a script or a style sheet. */
  isNeeded: boolean;
}

const NEEDED: ReadonlySet<string> = new Set(['Document', 'Script', 'Stylesheet']);
/** A page of more is cut: it is told, and nothing goes by it. */
const MOST_REQUESTS = 20_000;

/** The requests of one page load, as the DevTools protocol tells of them. */
export class PageRequests {
  readonly #known = new Map<string, Known>();
  readonly #frameId: string;
  #documents: Known[] = [];
  isCut = false;

  /** @param frameId the page's own frame: documents in it are the page, one after the other */
  constructor(frameId: string) {
    this.#frameId = frameId;
  }

  /** A redirect has the id of the request before it, and is a part of it. */
  sent({ requestId, timestamp, type = 'Other', frameId, request }: RequestSent): void {
    const known = this.#known.get(requestId);
    if (known !== undefined) {
      known.url = request.url;
      return;
    }
    if (this.#known.size >= MOST_REQUESTS) {
      this.isCut = true;
      return;
    }
    const { url } = request;
    const one = { url, type, from: timestamp, to: null, status: null, bytes: 0, failure: null };
    this.#known.set(requestId, one);
    if (type === 'Document' && frameId === this.#frameId) this.#documents.push(one);
  }

  answered(requestId: string, status: number): void {
    const known = this.#known.get(requestId);
    if (known !== undefined) known.status = status;
  }

  /** @param bytes as they were sent, with headers */
  finished(requestId: string, timestamp: number, bytes: number): void {
    const known = this.#known.get(requestId);
    if (known === undefined) return;
    known.to = timestamp;
    known.bytes = bytes;
  }

  failed(requestId: string, timestamp: number, problem: string): void {
    const known = this.#known.get(requestId);
    if (known === undefined) return;
    known.to = timestamp;
    known.failure = problem;
  }

  /** Seconds from the first document to the one that is there now: a page may send its reader on to another. */
  get sentOnSeconds(): number {
    return (this.#documents.at(-1)?.from ?? 0) - (this.#documents[0]?.from ?? 0);
  }

  /** Status of the document that is there now; null: none came. */
  get documentStatus(): number | null {
    return this.#documents.at(-1)?.status ?? null;
  }

  /** The document that is there now is the answer to a request that went wrong. */
  get isRefused(): boolean {
    return (this.documentStatus ?? 0) >= 400;
  }

  get count(): number {
    return this.#known.size;
  }

  get transferredBytes(): number {
    return [...this.#known.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Since the first document was asked for. */
  requests(): PageRequest[] {
    const zero = this.#documents[0]?.from ?? 0;
    return [...this.#known.values()].map(({ from, to, type }) => ({
      fromMs: (from - zero) * 1000,
      toMs: to === null ? null : (to - zero) * 1000,
      isScript: type === 'Script',
    }));
  }

  /** What could not be loaded, was refused, or was cut off by the page itself. */
  failures(): FailedRequest[] {
    return [...this.#known.values()].flatMap(({ url, type, status, failure }) => {
      const refused = status !== null && status >= 400 ? `status ${status}` : null;
      // A refusal without a body is a failure as well, and says less as such.
      const problem = refused ?? failure;
      return problem === null ? [] : [{ url, type, problem, isNeeded: NEEDED.has(type) }];
    });
  }

  /** The shortest time from a request to the end of its answer, in ms, of those that came over the network; null: there are none. */
  fastestMs(): number | null {
    const times = [...this.#known.values()].flatMap(({ from, to, bytes }) =>
      to === null || bytes === 0 ? [] : [(to - from) * 1000],
    );
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Bytes a second from the first request to the end of the last one; null: nothing came. */
  bytesPerSecond(): number | null {
    const ended = [...this.#known.values()].filter(({ to, bytes }) => to !== null && bytes > 0);
    const from = Math.min(...ended.map((one) => one.from));
    const to = Math.max(...ended.map((one) => one.to ?? one.from));
    return ended.length === 0 || to <= from ? null : this.transferredBytes / (to - from);
  }
}
