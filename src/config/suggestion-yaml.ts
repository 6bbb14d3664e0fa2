import { Document, isMap } from 'yaml';
import { escapeControls } from '../core/parse/escape-controls.ts';
import type { Suggestions } from '../core/rules/suggest.ts';

const HEAD = ` Exceptions for what was found. Each needs a reason, and says how often it is expected (or \`optional: true\`); until
 then no rule file with it is taken: idleproof rules lint tells where. Remove what should not happen at all.`;

/**
 * A pack that extends those whose rules were broken by the exceptions, with what was found above each.
 * @param sources how the packs are named, where they are known
 */
export function suggestionYaml(
  { packs, except, others }: Suggestions,
  sources: ReadonlyMap<string, string>,
): string {
  const without = notExcused(others);
  const rest = without.length > 0 ? comment(without) : '';
  const document = new Document({
    pack: 'ours',
    extends: packs.map((pack) => sources.get(pack) ?? pack),
    except: except.map(({ activity, match, reason, maxCount, every }) => ({
      activity,
      match,
      reason,
      maxCount,
      every,
    })),
  });
  document.commentBefore = HEAD;
  for (const [index, { found }] of except.entries()) {
    const entry: unknown = document.getIn(['except', index]);
    if (isMap(entry)) entry.commentBefore = comment(found);
  }
  if (rest !== '') document.comment = rest;
  // A block scalar of spaces and line ends does not come back as it was.
  return document.toString({ lineWidth: 0, blockQuote: false });
}

/** For who asks where there is no exception to be written: why not. */
export function sayNothing({ others }: Suggestions): string {
  const lines = [
    'nothing to suggest: nothing was found that an exception could excuse',
    ...notExcused(others),
  ];
  return `${lines.map(escapeControls).join('\n')}\n`;
}

function notExcused(others: Suggestions['others']): string[] {
  const lines = others.map(({ rule, text, because }) => `${rule}: ${text} (${because})`);
  return lines.length > 0 ? ['Not excused:', ...lines] : [];
}

const comment = (lines: readonly string[]): string =>
  lines.map((line) => ` ${escapeControls(line)}`).join('\n');
