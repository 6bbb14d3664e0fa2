import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { checkExamples } from '../core/examples/check.ts';
import { type Example, type ExamplesDocument, isStored } from '../core/examples/example.ts';
import { examplesSchemaFor } from '../core/examples/schema.ts';
import type { RulePack } from '../core/rules/pack.ts';
import { IdleproofError } from '../errors.ts';
import { readDocumentFile } from './document-file.ts';
import { InvalidDocument } from './invalid-document.ts';
import { isPath } from './pack-name.ts';
import { loadRulePacks, type RulePackOptions } from './rule-packs.ts';
import { YamlDocument } from './yaml-document.ts';

/** Examples that were read and checked, with the packs that they are of. */
export interface ExampleFile {
  file: string;
  packs: RulePack[];
  /** Paths of evidence as they can be opened from here. */
  examples: Example[];
}

const SUFFIX = '.test.yaml';

/**
 * Reads a file of examples; of a pack, the file that lies beside it and is called after it (`ours.yaml`: `ours.test.yaml`).
 * Throws RULE_TEST_UNREADABLE, RULE_TEST_INVALID with every mistake, and what reading the packs throws.
 */
export function loadExamples(named: string, options: RulePackOptions): ExampleFile {
  const file = fileOf(named, options);
  const folder = dirname(file);
  const document = new YamlDocument(readText(file));
  const parsed = document.parse(examplesSchemaFor(document.value));
  if (parsed.problems !== null) throw new InvalidDocument('RULE_TEST_INVALID', file, parsed.problems);
  const packs = loadRulePacks(packsOf(parsed.value, file), options);
  const problems = checkExamples(parsed.value, packs);
  if (problems.length > 0) throw new InvalidDocument('RULE_TEST_INVALID', file, document.place(problems));
  const examples = parsed.value.examples.map((example) =>
    isStored(example) ? { ...example, evidence: resolve(folder, example.evidence) } : example,
  );
  return { file, packs, examples };
}

function fileOf(named: string, { packsFolder }: RulePackOptions): string {
  if (named.endsWith(SUFFIX)) return named;
  const pack = isPath(named) ? named : join(packsFolder, `${named}.yaml`);
  const beside = pack.replace(/\.ya?ml$/, SUFFIX);
  return existsSync(beside) ? beside : named;
}

/** Paths are taken from the file's folder; the names of packs that ship stay as they are. */
function packsOf({ rules }: ExamplesDocument, file: string): string[] {
  if (rules === undefined) return [file.endsWith(SUFFIX) ? `${file.slice(0, -SUFFIX.length)}.yaml` : file];
  return rules.map((name) => {
    const path = name.split(':')[0] ?? '';
    return isPath(path) ? resolve(dirname(file), name) : name;
  });
}

function readText(file: string): string {
  const refuse = (problem: string, cause?: unknown): IdleproofError =>
    new IdleproofError('RULE_TEST_UNREADABLE', { file, problem }, cause);
  try {
    if (statSync(file).isFile()) return readDocumentFile(file).toString('utf8');
  } catch (error) {
    throw refuse((error as Error).message, error);
  }
  throw refuse('not a file');
}
