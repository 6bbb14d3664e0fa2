import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { route } from '../../../../src/daemon/control/route.ts';

describe('route', () => {
  it.each([
    ['GET', '/v1/status', { ask: 'status' }],
    ['GET', '/v1/windows', { ask: 'windows' }],
    ['GET', '/v1/healthz', { ask: 'health' }],
    ['POST', '/v1/reload', { ask: 'reload' }],
    ['GET', '/v1/verdicts', { ask: 'verdicts', query: { windowId: null, limit: 20 } }],
    [
      'GET',
      '/v1/verdicts?window=a%20b&limit=1000',
      { ask: 'verdicts', query: { windowId: 'a b', limit: 1000 } },
    ],
    ['POST', '/v1/windows/by-hand/open', { ask: 'open', windowId: 'by-hand' }],
    ['POST', '/v1/windows/a%2Fb/close', { ask: 'close', windowId: 'a/b' }],
  ])('%s %s', (method, target, asked) => expect(route(method, target)).toEqual(asked));

  it.each([
    ['GET', '/', 404],
    ['GET', '/status', 404],
    ['GET', '/v2/status', 404],
    ['GET', '/v1/constructor', 404],
    ['GET', 'http://other/v1/status', 404],
    ['POST', '/v1/windows/a/b/open', 404],
    ['POST', '/v1/windows/x/stop', 404],
    ['POST', '/v1/status', 405],
    ['GET', '/v1/reload', 405],
    ['DELETE', '/v1/verdicts', 405],
    ['GET', '/v1/windows/x/open', 405],
    ['POST', '/v1/windows/%zz/open', 400],
    ['GET', '/v1/verdicts?limit=0', 400],
    ['GET', '/v1/verdicts?limit=1001', 400],
    ['GET', '/v1/verdicts?limit=1e2', 400],
    ['GET', '/v1/verdicts?windows=a', 400],
  ])('%s %s is refused with %i', (method, target, status) => {
    expect(route(method, target)).toMatchObject({ status });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.oneof(fc.webUrl(), fc.string({ unit: 'binary' })), (method, target) => {
        expect(route(method, target)).toBeTypeOf('object');
        expect(route('POST', `/v1/windows/${target}/open`)).toBeTypeOf('object');
      }),
    );
  });
});
