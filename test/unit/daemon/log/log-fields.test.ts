import { describe, expect, it } from 'vitest';
import { LogCleaner } from '../../../../src/daemon/log/log-fields.ts';

describe('what a log record may show', () => {
  it('hides values that were declared secret, wherever they stand, the longer one first', () => {
    const cleaner = new LogCleaner();
    cleaner.hide(['hunter22', 'hunter22-long', 'x']);
    expect(cleaner.text('to https://h.example/hunter22-long and hunter22, x')).toBe(
      'to https://h.example/[hidden] and [hidden], x',
    );
    expect(cleaner.fields({ url: { deep: ['a hunter22'] } })).toEqual({ url: { deep: ['a [hidden]'] } });
    expect(cleaner.fields({ error: new Error('no hunter22') })).toMatchObject({
      error: { message: 'no [hidden]' },
    });
  });

  it('hides fields whose name says it, and who logs in at an address', () => {
    const cleaner = new LogCleaner();
    expect(cleaner.fields({ apiKey: 1, smtp: { password: 'p' }, Authorization: 'Bearer' })).toEqual({
      apiKey: '[hidden]',
      smtp: { password: '[hidden]' },
      Authorization: '[hidden]',
    });
    expect(cleaner.text('smtp://me:pw@mail.example:25')).toBe('smtp://[hidden]@mail.example:25');
  });

  it('bounds texts, lists, depth and number of fields', () => {
    const cleaner = new LogCleaner();
    expect(cleaner.text('a'.repeat(10_000))).toHaveLength(501);
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`f${index}`, index]));
    expect(Object.keys(cleaner.fields(many))).toHaveLength(20);
    expect(cleaner.fields({ list: Array.from({ length: 99 }).fill(0) })['list']).toHaveLength(20);
    expect(JSON.stringify(cleaner.fields({ a: { b: { c: { d: { e: 1 } } } } }))).not.toContain('e');
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(JSON.stringify(cleaner.fields(circle)).length).toBeLessThan(200);
  });

  it('makes the texts of watched programs harmless', () => {
    expect(new LogCleaner().text('evil\n<0>forged \u001b[31m\u202e')).toBe(
      String.raw`evil\x0a<0>forged \x1b[31m\u202e`,
    );
  });
});
