import { strangersIn, watchedBy } from '../core/rules/strangers.ts';
import { IdleproofError } from '../errors.ts';
import { loadConfig } from './config.ts';
import { readDocumentFile } from './document-file.ts';
import { loadExamples } from './example-file.ts';
import { InvalidDocument } from './invalid-document.ts';
import { isPath } from './pack-name.ts';
import { loadRulePacks, type RulePackOptions } from './rule-packs.ts';
import { placeOfRule } from './rule-place.ts';
import { type PlacedProblem, YamlDocument } from './yaml-document.ts';

/** A mistake in a file; without a position where the file as a whole is to blame. */
export interface LintProblem {
  file: string;
  line: number | null;
  column: number | null;
  message: string;
}

export interface Linted {
  /** As it was named. */
  file: string;
  is: 'pack' | 'configuration' | 'examples';
  problems: LintProblem[];
}

/** Looks for every mistake in packs (by name or file), configurations and files of examples; none hides another. */
export function lintFiles(names: readonly string[], options: RulePackOptions): Linted[] {
  return names.map((file) => {
    const is = isPath(file) ? natureOf(file) : 'pack';
    return { file, is, problems: LINTERS[is](file, options) };
  });
}

const LINTERS: Record<Linted['is'], (file: string, options: RulePackOptions) => LintProblem[]> = {
  pack: (file, options) => problemsOf(file, () => loadRulePacks([file], options)),
  configuration: lintConfiguration,
  examples: (file, options) => problemsOf(file, () => loadExamples(file, options)),
};

/** By what it holds; what cannot be read is taken for a pack, whose reader says why. */
function natureOf(path: string): Linted['is'] {
  const value = valueOf(path);
  if (typeof value !== 'object' || value === null || 'pack' in value) return 'pack';
  if ('targets' in value) return 'configuration';
  return 'examples' in value ? 'examples' : 'pack';
}

function valueOf(path: string): unknown {
  try {
    return new YamlDocument(readDocumentFile(path).toString('utf8')).value;
  } catch {
    return null;
  }
}

/** The file itself, then the packs that it names, each by itself and all of them together. */
function lintConfiguration(file: string, options: RulePackOptions): LintProblem[] {
  const own = problemsOf(file, () => loadConfig(file));
  if (own.length > 0) return own;
  const rules = loadConfig(file).rules ?? [];
  const document = new YamlDocument(readDocumentFile(file).toString('utf8'));
  const ofPacks = rules.flatMap((name, index) =>
    problemsOf(file, () => loadRulePacks([name], options), document.positionOf(['rules', index], 'value')),
  );
  if (ofPacks.length > 0) return ofPacks;
  const at = document.positionOf(['rules'], 'key');
  return [
    ...problemsOf(file, () => loadRulePacks(rules, options), at),
    ...(rules.length === 0 ? [] : strangers(file, rules, options, document)),
  ];
}

/** A rule about a target or a table that is not watched would never be judged, or match nothing. */
function strangers(
  file: string,
  rules: readonly string[],
  options: RulePackOptions,
  document: YamlDocument,
): LintProblem[] {
  const watched = watchedBy(loadConfig(file).targets);
  return rules.flatMap((name, index) =>
    loadRulePacks([name], options)
      .flatMap((pack) => pack.rules.map((rule) => ({ pack, rule })))
      .flatMap(({ pack, rule }) =>
        strangersIn(rule, watched).flatMap(({ what, name: value, path, candidates }) => {
          const message = `its rule ${rule.id} is for a ${what} «${value}» that is not watched`;
          const problem = { path: ['rules', index], message, value, candidates };
          return document.place([problem]).map((placed) => ({
            file,
            ...placed,
            message: `${placeOfRule(pack, rule.id, path)}: ${placed.message}`,
          }));
        }),
      ),
  );
}

/** What an attempt throws, as problems; `at`: where a mistake stands that has no place of its own. */
function problemsOf(
  file: string,
  attempt: () => unknown,
  at: Omit<PlacedProblem, 'message'> | null = null,
): LintProblem[] {
  try {
    attempt();
    return [];
  } catch (error) {
    if (error instanceof InvalidDocument) {
      return error.problems.map((problem) => ({ file: error.file, ...problem }));
    }
    if (!(error instanceof IdleproofError)) throw error;
    return [{ file, line: at?.line ?? null, column: at?.column ?? null, message: error.message }];
  }
}
