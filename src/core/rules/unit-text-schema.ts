import { z } from 'zod';
import { sayNoUnitText, type UnitText } from '../parse/unit-text.ts';

/** The schema of a number with its unit, of which YAML makes a number where the unit is missing. */
export function unitTextSchema(kind: UnitText): z.ZodType<string> {
  return z
    .string({
      error: ({ code, input }) =>
        code === 'invalid_type' && typeof input === 'number' ? sayNoUnitText(input, kind) : undefined,
    })
    .refine(kind.isValid, { error: ({ input }) => sayNoUnitText(input, kind) });
}
