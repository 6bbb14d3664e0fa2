import { compareProofs } from '../core/compare/proofs.ts';
import { COMPARISON_FORMATS, type ProofComparison } from '../model/proof-comparison.ts';
import { comparisonMarkdown, comparisonText } from '../render/comparison.ts';
import { readWholeProof } from '../session/proofs/stored-proof.ts';
import { refuse, reportFormats, type ReportOptions } from './report-options.ts';
import { noteUnchecked } from './note-unchecked.ts';
import { tellReport } from './report-output.ts';
import { renderJson } from '../render/json.ts';

const RENDER: Readonly<
  Record<(typeof COMPARISON_FORMATS)[number], { name: string; render: (one: ProofComparison) => string }>
> = {
  text: { name: 'comparison.txt', render: comparisonText },
  md: { name: 'comparison.md', render: comparisonMarkdown },
  json: { name: 'comparison.json', render: (comparison) => renderJson(comparison) },
};

/** What became worse, better, new or gone between two proofs. */
export function compareReport(paths: readonly string[], options: ReportOptions): void {
  const [before, after] = paths;
  if (before === undefined || after === undefined || paths.length > 2) {
    return refuse('--compare', `it compares two proofs, and there are ${paths.length}`);
  }
  if (options.into !== undefined || options.since !== undefined || options.window !== undefined) {
    refuse('--compare', 'it takes the two proofs as they are: --into, --since and --window are of reports');
  }
  const formats = reportFormats(options, COMPARISON_FORMATS, 'text');
  const comparison = compareProofs(readWholeProof(before), readWholeProof(after));
  noteUnchecked([before, after]);
  for (const format of formats) {
    const { name, render } = RENDER[format];
    tellReport(options.out, name, render(comparison));
  }
}
