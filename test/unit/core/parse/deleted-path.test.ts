import { expect, it } from 'vitest';
import { parseDeletedPath } from '../../../../src/core/parse/deleted-path.ts';

it.each([
  ['/usr/bin/nginx', '/usr/bin/nginx', false],
  ['/usr/bin/nginx (deleted)', '/usr/bin/nginx', true],
  ['/srv/a (deleted)/b', '/srv/a (deleted)/b', false],
  // A file that is called so, and was deleted.
  ['/srv/a (deleted) (deleted)', '/srv/a (deleted)', true],
  ['socket:[123]', 'socket:[123]', false],
])('%s is %s, deleted: %s', (text, path, isDeleted) => {
  expect(parseDeletedPath(text)).toEqual({ path, isDeleted });
});
