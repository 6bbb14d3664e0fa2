import { dirname } from 'node:path';
import type { RulePack } from '../core/rules/pack.ts';
import type { Problem } from '../core/rules/problem.ts';
import { strangersIn, type Watched, watchedBy } from '../core/rules/strangers.ts';
import { sayTooBroad, tooBroadIn } from '../core/rules/too-broad/too-broad.ts';
import { IdleproofError } from '../errors.ts';
import { loadConfig, loadGates } from './config.ts';
import { type Config, rulePath } from './config-document.ts';
import { readDocumentFile } from './document-file.ts';
import { type DocumentKind, kindOfDocument } from './document-kind.ts';
import { loadExamples } from './example-file.ts';
import { InvalidDocument } from './invalid-document.ts';
import { isPath } from './pack-name.ts';
import { loadRulePacks, type RulePackOptions } from './rule-packs.ts';
import { placeInPack } from './rule-place.ts';
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
  is: DocumentKind;
  problems: LintProblem[];
}

/** Looks for every mistake in packs (by name or file), configurations, gates and files of examples; none hides another. */
export function lintFiles(names: readonly string[], options: RulePackOptions): Linted[] {
  return names.map((file) => {
    const is = isPath(file) ? natureOf(file) : 'pack';
    return { file, is, problems: LINTERS[is](file, options) };
  });
}

const LINTERS: Record<Linted['is'], (file: string, options: RulePackOptions) => LintProblem[]> = {
  pack: (file, options) => problemsOf(file, () => loadRulePacks([file], options)),
  configuration: (file, options) => lintConfiguration(file, options, () => loadConfig(file)),
  gates: (file, options) => lintConfiguration(file, options, () => loadGates(file).config),
  examples: (file, options) => problemsOf(file, () => loadExamples(file, options)),
};

/** By what it holds; what cannot be read is taken for a pack, whose reader says why. */
function natureOf(path: string): DocumentKind {
  return kindOfDocument(documentOf(path)?.value);
}

function documentOf(path: string): YamlDocument | null {
  try {
    return new YamlDocument(readDocumentFile(path).toString('utf8'));
  } catch {
    return null;
  }
}

/** The file itself, the packs that it names, each by itself and all of them together, and what they name in it. */
function lintConfiguration(file: string, options: RulePackOptions, load: () => Config): LintProblem[] {
  const own = problemsOf(file, load);
  const document = documentOf(file);
  if (document === null) return own;
  const names = packNamesIn(document.value, file);
  const packs: { pack: RulePack; index: number }[] = [];
  const ofPacks = names.flatMap(({ name, index }) => {
    const loadPacks = (): unknown =>
      packs.push(...loadRulePacks([name], options).map((pack) => ({ pack, index })));
    return problemsOf(file, loadPacks, document.positionOf(['rules', index], 'value'));
  });
  const together = (): unknown =>
    loadRulePacks(
      names.map(({ name }) => name),
      options,
    );
  const watched = own.length === 0 ? watchedBy(load().targets) : namedIn(document.value);
  return [
    ...own,
    ...ofPacks,
    ...(ofPacks.length > 0 ? [] : problemsOf(file, together, document.positionOf(['rules'], 'key'))),
    ...packs.flatMap(({ pack, index }) =>
      inPack(pack, watched).flatMap(({ place, ...found }) =>
        document
          .place([{ path: ['rules', index], ...found }])
          .map((placed) => ({ file, ...placed, message: `${place}: ${placed.message}` })),
      ),
    ),
  ];
}

/** A mistake that only what is watched shows, and where in the pack it stands. */
interface FoundInPack extends Omit<Problem, 'path'> {
  place: string;
}

function inPack(pack: RulePack, watched: Watched | null): FoundInPack[] {
  if (watched === null || watched.targets.length === 0) return [];
  return [...strangers(pack, watched), ...tooBroad(pack, watched)];
}

/** As far as they can be told where something is wrong with the file. */
function packNamesIn(value: unknown, file: string): { name: string; index: number }[] {
  const rules = (value as { rules?: unknown } | null)?.rules;
  return (Array.isArray(rules) ? rules : []).flatMap((name: unknown, index) =>
    typeof name === 'string' ? [{ name: rulePath(name, dirname(file)), index }] : [],
  );
}

/** Of a configuration with mistakes, only the names of its targets are known. */
function namedIn(value: unknown): Watched | null {
  const targets = (value as { targets?: unknown } | null)?.targets;
  if (typeof targets !== 'object' || targets === null || Array.isArray(targets)) return null;
  return { targets: Object.keys(targets), tables: [], logs: [], folders: null, derived: null };
}

/** A rule about a target, a table, a log or a derived metric that there is not would never be judged, or match nothing. */
function strangers(pack: RulePack, watched: Watched): FoundInPack[] {
  return strangersIn(pack, watched).map(({ what, name: value, rule, path, candidates }) => {
    const whose = rule === null ? `\`${path[0]}\`` : `rule ${rule}`;
    const message =
      what === 'metric'
        ? `its ${whose} is about ${value}, which the configuration does not derive`
        : what === 'folder'
          ? `its ${whose} is about files at «${value}», which lies in no watched folder`
          : `its ${whose} is for a ${what} «${value}» that is not watched`;
    return { message, value, candidates, place: placeInPack(pack, { rule, path }) };
  });
}

/** What excuses from a rule all that is watched. */
function tooBroad(pack: RulePack, watched: Watched): FoundInPack[] {
  return tooBroadIn(pack, watched).map(({ rule, path, why }) => {
    const whose = rule === null ? 'an exception of all its rules' : `an exception of its rule ${rule}`;
    const message = `with the targets and tables of this file, ${whose} ${sayTooBroad({ why })}`;
    return { message, place: placeInPack(pack, { rule, path }) };
  });
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
