import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isAround, soundPart } from '../../../src/config/sound-part.ts';

const schema = z.strictObject({
  name: z.string().optional(),
  size: z.number().optional(),
  list: z.array(z.strictObject({ id: z.string() })).optional(),
});

describe('soundPart', () => {
  it('takes away what the schema refuses, and keeps the rest', () => {
    const given = { name: 'a', size: 'big', other: 1, list: [{ id: 'x' }] };
    expect(soundPart(schema, given)).toEqual({
      value: { name: 'a', list: [{ id: 'x' }] },
      taken: expect.arrayContaining([['size'], ['other']]) as unknown,
    });
    expect(given).toEqual({ name: 'a', size: 'big', other: 1, list: [{ id: 'x' }] });
  });

  it('takes a list as a whole, so that the places in others hold', () => {
    expect(soundPart(schema, { name: 'a', list: [{ id: 'x' }, 5] })?.value).toEqual({ name: 'a' });
  });

  it('is null where nothing can be taken away', () => {
    expect(soundPart(schema, 5)).toBeNull();
    expect(soundPart(z.strictObject({ id: z.string() }), {})).toBeNull();
  });

  it('gives what the schema takes, or nothing, for any value at all', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const sound = soundPart(schema, value);
        if (sound !== null) expect(schema.safeParse(sound.value).success).toBe(true);
      }),
    );
  });
});

describe('isAround', () => {
  it('holds for the same place and those within it', () => {
    expect(isAround(['a'], ['a', 0])).toBe(true);
    expect(isAround(['a', 0], ['a', 0])).toBe(true);
    expect(isAround(['a', 1], ['a', 0])).toBe(false);
    expect(isAround(['a', 0], ['a'])).toBe(false);
  });
});
