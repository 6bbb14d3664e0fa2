import { counted } from '../../core/wording/amounts.ts';
import type { WindowKey } from '../../model/evidence.ts';
import { noteUnjudged } from '../../session/proofs/unjudged.ts';
import type { Log } from '../log/log.ts';
import type { Problems } from '../problems.ts';

/** In the one problem that stands for all of them, the last are named. */
const MOST_NAMED = 3;
const LEFT = 'what the daemon before this one left';

/**
 * Windows of which there will be no verdict. They are told by the status for as long as the daemon runs, and each has a folder in
 * place of its proof, so that no summary passes over it.
 */
export class UnjudgedWindows {
  readonly #problems: Pick<Problems, 'set'>;
  readonly #log: Log;
  readonly #named: Map<string, string> = new Map();

  constructor({ problems, log }: { problems: Pick<Problems, 'set'>; log: Log }) {
    this.#problems = problems;
    this.#log = log;
  }

  get count(): number {
    return this.#named.size;
  }

  /** @param dir of the proofs */
  add(dir: string, window: WindowKey, problem: string): void {
    const { id, fromMs } = window;
    const openedAt = new Date(fromMs).toISOString();
    this.#named.set(`${id} ${fromMs}`, `${id} of ${openedAt} (${problem})`);
    this.#problems.set('window', null, this.#text());
    this.#log.error('nobody can judge this window any more', { window: id, openedAt, problem });
    try {
      noteUnjudged(dir, window, problem);
    } catch (error) {
      const why = (error as Error).message;
      this.#log.error('that a window was not judged could not be written down', { window: id, problem: why });
    }
  }

  /** Nobody can tell which there were. */
  cannotBeRead(problem: string): void {
    this.#problems.set('window', LEFT, `${LEFT} could not be judged: ${problem}`);
    this.#log.error(`${LEFT} could not be judged`, { problem });
  }

  #text(): string {
    const all = [...this.#named.values()];
    const more = all.length > MOST_NAMED ? `, and ${all.length - MOST_NAMED} before` : '';
    const last = all.slice(-MOST_NAMED).toReversed().join(', ');
    return `nobody can judge ${counted(all.length, 'window')} any more: ${last}${more}`;
  }
}
