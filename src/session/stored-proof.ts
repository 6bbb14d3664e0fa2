import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { repeatedKey } from '../core/parse/repeated-key.ts';
import { parseProof } from '../core/proof/schema.ts';
import { IdleproofError } from '../errors.ts';
import type { Proof, RuleResult } from '../model/proof.ts';

/** Reads a proof as it was written. Throws VERIFY_UNREADABLE for what is none. */
export function readProof(path: string): Proof {
  const problem = (what: string, cause?: unknown): IdleproofError =>
    new IdleproofError('VERIFY_UNREADABLE', { path, problem: what }, cause);
  let value: unknown;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
    value = JSON.parse(text);
  } catch (error) {
    throw problem((error as Error).message, error);
  }
  const repeated = repeatedKey(text);
  if (repeated !== null) throw problem(sayRepeated(repeated));
  const proof = value as Partial<Proof> | null;
  if (typeof proof !== 'object' || proof === null || proof.schemaVersion !== 1)
    throw problem('it is not a proof');
  if (!isWhole(proof)) throw problem('parts of a proof are missing');
  return proof as Proof;
}

/** Whether everything is there that verifying goes by; other versions may have more or less beside it. */
function isWhole({ evidence, window, rules, verdict, rulesDigest }: Partial<Proof>): boolean {
  const texts: unknown[] = [
    evidence?.chainHead,
    window?.id,
    window?.opened?.utc,
    window?.closed?.utc,
    verdict,
    rulesDigest,
  ];
  return texts.every((text) => typeof text === 'string') && Array.isArray(rules) && rules.every(isRule);
}

const isRule = (rule: Partial<RuleResult> | null): boolean =>
  [rule?.id, rule?.pack, rule?.target, rule?.window, rule?.verdict].every((text) => typeof text === 'string');

/** Larger ones are no proofs of ours. */
const LARGEST_BYTES = 32_000_000;

/**
 * Reads a proof of this version whole, as its schema has it.
 * @param given the path of a proof.json, or of the folder that it lies in
 * @throws IdleproofError PROOF_UNREADABLE
 */
export function readWholeProof(given: string): Proof {
  let path = given;
  let text: string;
  try {
    if (statSync(given).isDirectory()) path = join(given, 'proof.json');
    if (statSync(path).size > LARGEST_BYTES) throw new Error('it is too large');
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw refuse(path, (error as Error).message, error);
  }
  const proof = parseProof(text);
  if (proof === null) throw refuse(path, 'it is not a whole proof of this version');
  const repeated = repeatedKey(text);
  if (repeated !== null) throw refuse(path, sayRepeated(repeated));
  return proof;
}

const sayRepeated = (key: string): string =>
  `it says «${key}» twice in one object, and readers differ in which of them they take`;

const refuse = (path: string, problem: string, cause?: unknown): IdleproofError =>
  new IdleproofError('PROOF_UNREADABLE', { path, problem }, cause);
