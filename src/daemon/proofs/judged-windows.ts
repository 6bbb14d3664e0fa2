import type { SoakWindow } from '../../core/windows/soak-exclusion.ts';
import type { WindowVerdict } from '../../model/daemon-status.ts';
import type { VerdictDocument } from '../../session/judged-soak.ts';
import type { AlertPost } from '../alert-post.ts';
import { pinnedWindows } from './baselines.ts';
import type { Ledger } from '../ledger.ts';
import type { Log } from '../log/log.ts';
import type { Notifier } from '../notify.ts';
import type { Problems } from '../problems.ts';
import { ProofQueue } from './proof-queue.ts';
import type { UnjudgedWindows } from './unjudged-windows.ts';

export interface JudgedWindowsParts {
  storePath: string;
  /** Where baselines are. */
  statePath: string;
  post: AlertPost;
  ledger: Pick<Ledger, 'add'>;
  /** Rows of evidence that were given up so far. */
  lost: () => number;
  notifier: Pick<Notifier, 'status'>;
  problems: Problems;
  unjudged: Pick<UnjudgedWindows, 'add'>;
  log: Log;
  /** Writes down what became of a window. */
  keep: (document: VerdictDocument) => void;
}

/** The queue of a daemon: what becomes of its windows is kept, logged, and told to the service manager. */
export function judgedWindows(parts: JudgedWindowsParts): ProofQueue {
  const { storePath, statePath, post, lost, problems, unjudged, log } = parts;
  return new ProofQueue(storePath, post, {
    lost,
    onVerdict: (verdict, soak) => tell(parts, verdict, soak),
    pinned: (windowId) => {
      const { windows, problem } = pinnedWindows(statePath, windowId);
      problems.set('baseline', null, problem);
      return windows;
    },
    onProblem: (windowId, problem) => {
      problems.set('window', windowId, problem);
      if (problem !== null) log.error('a window could not be proved', { window: windowId, problem });
    },
    onGivenUp: (window, problem, dir) => unjudged.add(dir, window, problem),
  });
}

function tell(
  { ledger, notifier, log, keep }: JudgedWindowsParts,
  verdict: WindowVerdict,
  soak: SoakWindow | null,
): void {
  ledger.add(verdict);
  keep({ ...verdict, soak });
  const { windowId, headline, folder } = verdict;
  log[verdict.verdict === 'fail' ? 'warn' : 'info'](headline, { window: windowId, folder });
  notifier.status(`${windowId}: ${verdict.verdict}`);
}
