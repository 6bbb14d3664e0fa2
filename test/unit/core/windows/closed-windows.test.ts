import { expect, it } from 'vitest';
import { ClosedWindows } from '../../../../src/core/windows/closed-windows.ts';
import { userQuiet } from './book.ts';

it('remembers a thousand windows', () => {
  const closed = new ClosedWindows();
  const minutes = (count: number) => count * 60_000;
  for (let index = 0; index < 1001; index += 1)
    closed.add(
      {
        kind: 'close',
        id: 'after-chat',
        fromMs: minutes(2 * index + 1),
        toMs: minutes(2 * index + 2),
        closedBy: 'user',
      },
      null,
      userQuiet({ quietForMs: 1, settleMs: 'auto' }),
    );
  // Of the first nothing is known any more: it stands.
  expect(closed.late([minutes(1.5)]).some(({ fromMs }) => fromMs === minutes(1))).toBe(false);
  expect(closed.late([minutes(3.5)])).toContainEqual({
    kind: 'amend',
    id: 'after-chat',
    fromMs: minutes(3),
    toMs: minutes(3.5) - 2000,
    closedBy: 'user',
    anchorMs: minutes(1.5),
  });
  expect(closed.late([])).toEqual([]);
});
