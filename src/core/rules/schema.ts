import { z } from 'zod';
import { KINDS } from './kinds/kinds.ts';
import type { PackDocument, Rule } from './pack.ts';
import { id, packException, packUnless } from './rule-keys.ts';

type Variants = [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]];

/** One rule, by its kind. What names other things (metrics, fields, units) is checked by checkRule. */
export const ruleSchema: z.ZodType<Rule> = z.discriminatedUnion(
  'kind',
  Object.values(KINDS).map(({ schema }) => schema) as unknown as Variants,
) as unknown as z.ZodType<Rule>;

const parameter = z.union([z.string().trim().min(1).max(200), z.number()], {
  error: 'is a value such as 50MB, or `off`, which switches off what uses it',
});

/** The only definition of a rule pack's shape, defaults and keys; the compiler holds the types of pack.ts to it. */
export const packSchema: z.ZodType<PackDocument> = z.strictObject({
  pack: id.describe('name of the pack'),
  about: z.string().max(2000).optional().describe('what it is for'),
  extends: z
    .union([z.string().min(1).max(1000), z.array(z.string().min(1).max(1000)).min(1).max(10)])
    .optional()
    .describe('packs that ship, or files, whose rules, exceptions and parameters these are added to'),
  override: z
    .record(id, z.record(z.string(), z.unknown()))
    .optional()
    .describe('what is changed of the rules of those packs, by id'),
  params: z
    .record(id, parameter)
    .optional()
    .describe('values that rules may use as {name}; `off` switches off what uses it'),
  except: z.array(packException).max(1000).optional().describe('exceptions of all rules of an activity'),
  unless: z.array(packUnless).max(100).optional().describe('causes that excuse for all rules of an activity'),
  rules: z.array(ruleSchema).max(1000).default([]).describe('required unless the pack extends another'),
});
