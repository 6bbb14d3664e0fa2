import type { ProofSummary } from '../../model/proof-summary.ts';
import type { Verdict } from '../../model/verdict.ts';
import { type Html, html, pathOf, px } from './markup.ts';

const WIDTH = 960;
const LEFT = 40;
const HEIGHT = 110;
const BOTTOM = HEIGHT - 20;
const MAX_BAR = 48;
/** More labels than this would run into each other. */
const MAX_LABELS = 12;

/** From the axis upwards: what is to be looked at stands at the bottom. */
const ORDER: readonly Verdict[] = ['fail', 'inconclusive', 'pass'];

/** A bar a day, as high as it had windows, in parts by verdict. */
export function daysSvg({ days }: ProofSummary): Html {
  const most = Math.max(1, ...days.map(({ windows }) => windows));
  const step = (WIDTH - LEFT) / Math.max(1, days.length);
  const width = Math.min(MAX_BAR, step * 0.7);
  const every = Math.ceil(days.length / MAX_LABELS);
  const bars = days.map(({ date, verdicts }, index) => {
    const middle = LEFT + (index + 0.5) * step;
    let from = BOTTOM;
    const parts = ORDER.map((verdict) => {
      const height = (verdicts[verdict] / most) * (BOTTOM - 8);
      from -= height;
      return html`<rect class="part ${verdict}" x="${px(middle - width / 2)}" y="${px(from)}" width="${px(width)}" height="${px(height)}"/>`;
    });
    const label =
      index % every === 0
        ? html`<text class="x" x="${px(middle)}" y="${HEIGHT - 4}">${date.slice(5)}</text>`
        : html``;
    return html`${parts}${label}`;
  });
  const failed = days.filter(({ verdicts }) => verdicts.fail > 0).length;
  return html`<div class="drawing" tabindex="0" role="group" aria-label="Days"><svg class="static" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Windows of ${days.length} days by verdict: on ${failed} of them one failed"><text class="y" x="${LEFT - 8}" y="14">${most}</text><text class="y" x="${LEFT - 8}" y="${BOTTOM}">0</text>${bars}<path class="axis" d="M${LEFT} ${BOTTOM}H${WIDTH}"/></svg></div>`;
}

const SPARK_WIDTH = 160;
const SPARK_HEIGHT = 28;

/** A metric's medians from day to day; a day on which it was not known breaks the line. */
export function sparkSvg(values: readonly (number | null)[], name: string): Html {
  const known = values.filter((value) => value !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const span = most - least || Math.abs(most) || 1;
  const step = (SPARK_WIDTH - 4) / Math.max(1, values.length - 1);
  let isOpen = false;
  const path = values.map((value, index) => {
    if (value === null) {
      isOpen = false;
      return '';
    }
    const y = 2 + (SPARK_HEIGHT - 4) * (most === least ? 0.5 : 1 - (value - least) / span);
    const command = `${isOpen ? 'L' : 'M'}${px(2 + index * step)} ${px(y)}${isOpen ? '' : 'h0'}`;
    isOpen = true;
    return command;
  });
  return html`<svg class="spark" viewBox="0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}" role="img" aria-label="${name}: medians of ${known.length} days"><path class="line line-0 round" d="${pathOf(path)}"/></svg>`;
}
