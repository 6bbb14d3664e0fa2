import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { checkPack, checkRule } from '../core/rules/check.ts';
import type { Problem } from '../core/rules/problem.ts';
import { applyParams, rulesThatAreOn, withoutReferences } from '../core/rules/params.ts';
import type { RulePack } from '../core/rules/pack.ts';
import { packSchema, ruleSchema } from '../core/rules/schema.ts';
import { IdleproofError } from '../errors.ts';
import { InvalidDocument } from './invalid-document.ts';
import { isAround, soundPart } from './sound-part.ts';
import { type PlacedProblem, YamlDocument } from './yaml-document.ts';

export interface RulePackOptions {
  /** Folder of the packs that ship, one `<name>.yaml` each. */
  packsFolder: string;
}

/**
 * Reads rule packs by the name of one that ships or by the path of a file. A name may carry values for the pack's
 * parameters: `idle-budget:memory=50MB`.
 * @throws IdleproofError with file, line and column of every mistake
 */
export function loadRulePacks(names: readonly string[], { packsFolder }: RulePackOptions): RulePack[] {
  const packs = names.map((name) => loadPack(name, packsFolder));
  for (const [index, { pack, file }] of packs.entries()) {
    const other = packs.find((one, at) => at < index && one.pack === pack);
    if (other === undefined) continue;
    throw new IdleproofError('RULE_PACK_TWICE', { pack, file, other: other.file });
  }
  return packs;
}

/** Checks the text of a pack. @throws IdleproofError with every mistake in it */
function parseRulePack(bytes: Buffer, file: string, given: Readonly<Record<string, string>> = {}): RulePack {
  const document = new YamlDocument(bytes.toString('utf8'));
  const parsed = document.parse(packSchema);
  if (parsed.problems !== null) {
    throw invalid(file, [...parsed.problems, ...document.place(soundRuleProblems(document.value))]);
  }
  const { pack, problems } = applyParams(parsed.value, given);
  const wrong = [...problems, ...checkPack(pack)];
  if (wrong.length > 0) throw invalid(file, document.place(wrong));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { ...pack, rules: rulesThatAreOn(pack.rules), file, sha256 };
}

function loadPack(name: string, packsFolder: string): RulePack {
  const { base, given } = splitParams(name);
  const path = isPath(base) ? base : join(packsFolder, `${base}.yaml`);
  return parseRulePack(readPack(path, base, packsFolder), isPath(base) ? base : `${base}.yaml`, given);
}

function readPack(path: string, name: string, packsFolder: string): Buffer {
  try {
    if (!statSync(path).isFile())
      throw new IdleproofError('RULE_PACK_UNREADABLE', { file: name, problem: 'not a file' });
    return readFileSync(path);
  } catch (error) {
    if (error instanceof IdleproofError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      throw new IdleproofError('RULE_PACK_UNREADABLE', { file: name, problem: message }, error);
    }
    if (isPath(name))
      throw new IdleproofError(
        'RULE_PACK_UNREADABLE',
        { file: name, problem: 'there is no such file' },
        error,
      );
    const shipped = shippedPacks(packsFolder);
    const nearest = shipped.length === 0 ? '' : closest(name, shipped);
    throw new IdleproofError('RULE_PACK_NOT_FOUND', { name, nearest, shipped: shipped.join(', ') }, error);
  }
}

/** Names of the packs that ship; examples may lie beside them. */
export function shippedPacks(packsFolder: string): string[] {
  return readdirSync(packsFolder)
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .sort();
}

/** Whether a pack is named by its file, and not by the name of one that ships. */
export function isPath(name: string): boolean {
  return /[/\\]|\.ya?ml$/.test(name);
}

function splitParams(name: string): { base: string; given: Record<string, string> } {
  const [, base, list] = /^(.+?):([a-z][\w.-]*=[^=,]+(?:,[a-z][\w.-]*=[^=,]+)*)$/.exec(name) ?? [];
  if (base === undefined || list === undefined) return { base: name, given: {} };
  const pairs = list
    .split(',')
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  return { base, given: Object.fromEntries(pairs) as Record<string, string> };
}

/** Where the file as a whole has not the right shape, what is sound of its rules is checked all the same: one error at a time is slow. */
function soundRuleProblems(value: unknown): Problem[] {
  const rules: unknown = typeof value === 'object' && value !== null && 'rules' in value ? value.rules : null;
  if (!Array.isArray(rules)) return [];
  return rules.flatMap((rule: unknown, index) => {
    const sound = soundPart(ruleSchema, rule);
    if (sound === null) return [];
    const problems = checkRule(withoutReferences(sound.value), ['rules', index]);
    // What is missing only because it was taken away is no further mistake.
    return problems.filter(
      ({ path }) => !sound.taken.some((taken) => isAround(path, ['rules', index, ...taken])),
    );
  });
}

function invalid(file: string, problems: readonly PlacedProblem[]): IdleproofError {
  return new InvalidDocument('RULE_PACK_INVALID', file, problems);
}
