import type { Alert } from '../../model/alert.ts';
import type { WindowVerdict } from '../../model/window-verdict.ts';
import type { Change } from './track.ts';

const WORDS: Readonly<Record<Change['why'], string>> = {
  new: '',
  back: 'It is back. ',
  worse: 'It became worse. ',
  gone: '',
  unjudged: '',
};

/** What is to be told of a change. @param proofFolder of the window's proof, null where there is none */
export function alertOf(
  change: Change,
  { windowId, toMs }: Pick<WindowVerdict, 'windowId' | 'toMs'>,
  proofFolder: string | null,
): Alert {
  const { key, severity, target, ruleId, status, repeat, title, text, firstSeenMs, why } = change;
  return {
    // The same regression in the windows of another id is another: each has its own windows that resolve it.
    key: `${windowId} ${key}`,
    severity,
    target,
    ruleId,
    windowId,
    status,
    repeat,
    title,
    text: `${WORDS[why]}${text}`,
    firstSeenMs,
    atMs: toMs,
    proofFolder,
  };
}
