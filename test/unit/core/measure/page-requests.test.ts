import { describe, expect, it } from 'vitest';
import { PageRequests } from '../../../../src/core/measure/page-requests.ts';

function book(): PageRequests {
  const requests = new PageRequests('main');
  sent(requests, '1', 10, 'Document', 'http://app/');
  requests.answered('1', 200);
  requests.finished('1', 10.5, 1_000);
  return requests;
}
const sent = (
  to: PageRequests,
  requestId: string,
  timestamp: number,
  type: string,
  url: string,
  frameId = 'main',
) => to.sent({ requestId, timestamp, type, frameId, request: { url } });

describe('PageRequests', () => {
  it('counts a redirect as the request that it began with', () => {
    const requests = book();
    sent(requests, '2', 11, 'Script', 'http://app/a.js');
    sent(requests, '2', 11.4, 'Script', 'http://cdn/a.js');
    requests.finished('2', 12, 4_000);
    expect(requests.requests()[1]).toEqual({ fromMs: 1_000, toMs: 2_000, isScript: true });
    expect(requests.count).toBe(2);
    expect(requests.transferredBytes).toBe(5_000);
    expect(requests.bytesPerSecond()).toBe(2_500);
    expect(requests.fastestMs()).toBe(500);
  });

  it('tells how much later the document is that a page sent its reader on to, but not one in a frame', () => {
    const requests = book();
    expect(requests.sentOnSeconds).toBe(0);
    sent(requests, '2', 11, 'Document', 'http://app/frame', 'other');
    expect(requests.sentOnSeconds).toBe(0);
    sent(requests, '3', 12.5, 'Document', 'http://app/start');
    requests.answered('3', 404);
    expect(requests.sentOnSeconds).toBe(2.5);
    expect(requests.documentStatus).toBe(404);
    expect(requests.isRefused).toBe(true);
  });

  it('tells what came to nothing, and what the page needs of it', () => {
    const requests = book();
    sent(requests, '2', 11, 'Script', 'http://app/a.js');
    requests.answered('2', 404);
    requests.finished('2', 11.1, 10);
    sent(requests, '3', 11, 'Image', 'http://app/a.png');
    requests.failed('3', 11.2, 'net::ERR_FAILED');
    expect(requests.failures().map(({ problem, isNeeded }) => [problem, isNeeded])).toEqual([
      ['status 404', true],
      ['net::ERR_FAILED', false],
    ]);
  });

  it('keeps one that has not ended open, and says where there are too many', () => {
    const requests = book();
    sent(requests, '2', 11, 'EventSource', 'http://app/events');
    expect(requests.requests()[1]?.toMs).toBeNull();
    expect(requests.isCut).toBe(false);
    for (let id = 3; id < 20_100; id += 1) sent(requests, String(id), 11, 'Image', 'http://app/');
    expect(requests.isCut).toBe(true);
    expect(requests.count).toBe(20_000);
  });
});
