import type { MemoryStates } from '../../model/gate-sheet.ts';
import type { ProcessKey } from '../../model/process.ts';
import { readTreeUsage } from '../measure/tree-usage.ts';

/** The memory of a command's tree, before it is used, at most while it is, and last. */
export class MemoryWatch {
  readonly states: MemoryStates = { beforeBytes: null, inUseBytes: null, afterBytes: null };
  #isUsed = false;

  /** Just before the app is used for the first time; later calls change nothing. */
  before(commands: readonly ProcessKey[]): void {
    if (this.#isUsed) return;
    this.#isUsed = true;
    this.states.beforeBytes = pssOf(commands);
  }

  inUse(commands: readonly ProcessKey[]): void {
    const bytes = pssOf(commands);
    if (bytes === null) return;
    this.states.inUseBytes = Math.max(this.states.inUseBytes ?? 0, bytes);
  }

  /** What could not be read is unknown, whatever it was before. */
  after(commands: readonly ProcessKey[]): void {
    this.states.afterBytes = pssOf(commands);
  }
}

/** An app that came to an end has given nothing back: what is left of its tree says nothing. */
function pssOf(commands: readonly ProcessKey[]): number | null {
  const { pssBytes, processes } = readTreeUsage(commands);
  const running = new Set(processes.map(keyOf));
  return commands.every((one) => running.has(keyOf(one))) ? pssBytes : null;
}

const keyOf = ({ pid, startTicks }: ProcessKey): string => `${pid} ${startTicks}`;
