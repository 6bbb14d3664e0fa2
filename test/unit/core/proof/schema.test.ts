import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { proofJsonSchema } from '../../../../src/core/proof/schema.ts';

describe('reports/proof.schema.json', () => {
  it('is what the code says (npm run docs)', () => {
    const published = JSON.parse(readFileSync('reports/proof.schema.json', 'utf8')) as unknown;
    expect(published).toEqual(JSON.parse(JSON.stringify(proofJsonSchema())));
  });
});
