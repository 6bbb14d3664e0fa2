import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { checkPack, checkRule } from '../core/rules/check.ts';
import type { Problem } from '../core/rules/problem.ts';
import { applyParams, rulesThatAreOn, withoutReferences } from '../core/rules/params.ts';
import { type Base, type Extended, extendPack, type ReadRule } from '../core/rules/extend.ts';
import type { PackDocument, PackFile, RulePack } from '../core/rules/pack.ts';
import { packSchema, ruleSchema } from '../core/rules/schema.ts';
import { IdleproofError } from '../errors.ts';
import { readDocumentFile } from './document-file.ts';
import { InvalidDocument } from './invalid-document.ts';
import { isPath, type PackPlace, parsePackName, placeOfPack, shippedPackNames } from './pack-name.ts';
import { schemaProblems } from './schema-problems.ts';
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

function loadPack(name: string, packsFolder: string): RulePack {
  const { base, params } = parsePackName(name);
  const pack = readDocument(placeOfPack(base, '.', packsFolder), packsFolder, []);
  const { document, problems } = checked(pack, params);
  if (problems.length > 0) throw invalid(pack.file, problems);
  const { file, path, sha256, bases } = pack;
  const rules = rulesThatAreOn(document.rules);
  return {
    ...document,
    rules,
    file,
    path,
    sha256,
    ...(bases.size === 0 ? {} : { bases: [...bases.values()] }),
    ...(Object.keys(params).length === 0 ? {} : { given: params }),
  };
}

/** A pack of the right shape, with what it takes from others. */
interface ReadPack extends PackFile {
  yaml: YamlDocument;
  extended: Extended;
  /** The files that it extends, directly or not, by their whole paths: a file can be called like a pack that ships. */
  bases: ReadonlyMap<string, PackFile>;
}

/** @param within the files that extend this one, the outermost first */
function readDocument(place: PackPlace, packsFolder: string, within: readonly string[]): ReadPack {
  const { file, path } = place;
  const bytes = readPack(path, place.name, packsFolder);
  const yaml = new YamlDocument(bytes.toString('utf8'));
  const parsed = yaml.parse(packSchema);
  if (parsed.problems !== null)
    throw invalid(file, [...parsed.problems, ...yaml.place(soundProblems(yaml.value))]);
  const own = parsed.value;
  const whole = resolve(path);
  const chain = [...within, whole];
  const bases: Base[] = [];
  const files = new Map<string, PackFile>();
  const problems: Problem[] = [];
  const names = own.extends === undefined ? [] : [own.extends].flat();
  for (const [index, name] of names.entries()) {
    const at = Array.isArray(own.extends) ? ['extends', index] : ['extends'];
    const read = readBase(name, { file, path, packsFolder, chain });
    if ('message' in read) problems.push({ path: at, ...read });
    else {
      bases.push({ document: read.document, path: at });
      for (const one of read.files) files.set(one.path, one);
    }
  }
  if (problems.length > 0) throw invalid(file, yaml.place([...problems, ...soundProblems(yaml.value)]));
  const extended = extendPack(own, bases, readRule);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { pack: own.pack, file, path: whole, sha256, yaml, extended, bases: files };
}

/** A base that is right in itself, with the parameters that it was named with; else what is wrong with its name. */
function readBase(
  named: string,
  from: { file: string; path: string; packsFolder: string; chain: readonly string[] },
): { document: PackDocument; files: readonly PackFile[] } | Omit<Problem, 'path'> {
  let base = named;
  try {
    const { params: given, ...parsed } = parsePackName(named);
    base = parsed.base;
    const place = placeOfPack(base, dirname(from.path), from.packsFolder);
    if (from.chain.includes(resolve(place.path)))
      return { message: `${place.file} extends ${from.file} in turn` };
    const read = readDocument(place, from.packsFolder, from.chain);
    const { problems } = checked(read, given);
    if (problems.length > 0) throw invalid(read.file, problems);
    const { document } = read.extended;
    const { pack, file, path, sha256 } = read;
    const params = { ...document.params, ...given };
    return {
      document: { ...document, params },
      files: [{ pack, file, path, sha256 }, ...read.bases.values()],
    };
  } catch (error) {
    if (!(error instanceof IdleproofError) || error.code === 'RULE_PACK_INVALID') throw error;
    if (error.code !== 'RULE_PACK_NOT_FOUND') return { message: error.message };
    const candidates = shippedPackNames(from.packsFolder);
    return { message: `there is no rule pack «${base}»`, value: base, candidates };
  }
}

/** A pack with its parameters, and what is wrong with it. */
function checked(
  { yaml, extended }: ReadPack,
  given: Readonly<Record<string, string>>,
): { document: PackDocument; problems: PlacedProblem[] } {
  const { pack, problems } = applyParams(extended.document, given);
  const found = [...problems, ...checkPack(pack)].map((problem) => extended.inFile(problem));
  return { document: pack, problems: yaml.place([...extended.problems, ...found]) };
}

const readRule: ReadRule = (value) => {
  const { data, error } = ruleSchema.safeParse(value);
  return error === undefined
    ? { rule: data, problems: null }
    : { rule: null, problems: schemaProblems(ruleSchema, value, error.issues) };
};

function readPack(path: string, name: string, packsFolder: string): Buffer {
  try {
    if (!statSync(path).isFile())
      throw new IdleproofError('RULE_PACK_UNREADABLE', { file: name, problem: 'not a file' });
    return readDocumentFile(path);
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
    const shipped = shippedPackNames(packsFolder);
    const nearest = shipped.length === 0 ? '' : closest(name, shipped);
    throw new IdleproofError('RULE_PACK_NOT_FOUND', { name, nearest, shipped: shipped.join(', ') }, error);
  }
}

/** Where the file as a whole has not the right shape, what is sound of it is checked all the same: one error at a time is slow. */
function soundProblems(value: unknown): Problem[] {
  if (typeof value !== 'object' || value === null) return [];
  const rules: unknown = 'rules' in value ? value.rules : null;
  const around = soundPart(packSchema, { ...value, rules: [] });
  const ofRules = (Array.isArray(rules) ? rules : []).flatMap((rule: unknown, index) => {
    const sound = soundPart(ruleSchema, rule);
    const at = ['rules', index];
    return sound === null ? [] : others(checkRule(withoutReferences(sound.value), at), sound.taken, at);
  });
  return [
    ...(around === null ? [] : others(checkPack(around.value), [...around.taken, ['rules']], [])),
    ...ofRules,
  ];
}

/** What is missing only because it was taken away is no further mistake. */
function others(
  problems: readonly Problem[],
  taken: readonly (readonly PropertyKey[])[],
  at: readonly PropertyKey[],
): Problem[] {
  return problems.filter(({ path }) => !taken.some((one) => isAround(path, [...at, ...one])));
}

function invalid(file: string, problems: readonly PlacedProblem[]): IdleproofError {
  return new InvalidDocument('RULE_PACK_INVALID', file, problems);
}
