import { expect, it } from 'vitest';
import { kindOfDocument } from '../../../src/config/document-kind.ts';

it.each<[string, unknown, string]>([
  ['a pack', { pack: 'x', rules: [] }, 'pack'],
  ['a pack without its name', { rules: [{ id: 'a' }] }, 'pack'],
  ['a pack with its name mistyped', { pak: 'x', rules: [] }, 'pack'],
  ['a configuration', { targets: {}, rules: ['idle-budget'] }, 'configuration'],
  ['one with its targets mistyped', { tagrets: {}, rules: ['idle-budget'] }, 'configuration'],
  ['the same without rules', { target: {} }, 'configuration'],
  ['one without targets', { tick: '1s', windows: [] }, 'configuration'],
  ['one that only names packs', { rules: ['idle-budget'] }, 'configuration'],
  ['gates', { targets: {}, gates: [] }, 'gates'],
  ['gates with that mistyped', { ready: 'port:1', gate: [] }, 'gates'],
  ['examples', { rules: ['idle-budget'], examples: [] }, 'examples'],
  ['examples with that mistyped', { exampels: [] }, 'examples'],
  ['nothing that is known', { a: 1 }, 'pack'],
  ['a list', [], 'pack'],
  ['no document', null, 'pack'],
])('%s is told by its keys', (_, value, kind) => {
  expect(kindOfDocument(value)).toBe(kind);
});
