import { thin } from '../../core/charts/thin.ts';
import { dimensionNamed } from '../../core/derive/metrics.ts';
import { quantity } from '../../core/wording/amounts.ts';
import type { Charts, Lane, Plot, Shade, Stretch } from '../../model/charts.ts';
import { clockTicks, valueTicks } from './axis.ts';
import { clockLabel } from './clock-label.ts';
import { type Html, html, pathOf, px } from './markup.ts';
import { rangeOf } from './scale.ts';

/** In units of the drawing; the page scales it. */
const WIDTH = 960;
const LEFT = 72;
const RIGHT = 8;
const TOP = 6;
const PLOT_HEIGHT = 84;
const LANE_HEIGHT = 22;
const AXIS_HEIGHT = 20;
const MAX_CLOCK_TICKS = 9;
/** A drawing that nobody can zoom needs no more. */
const BUCKETS = 360;

/** Seconds since the window opened → place in the drawing. */
type Place = (seconds: number) => number;

const placeIn = ({ from, to }: Stretch): Place => {
  const width = WIDTH - LEFT - RIGHT;
  const span = Math.max(to - from, 1e-3);
  return (seconds) => LEFT + ((Math.min(to, Math.max(from, seconds)) - from) / span) * width;
};

/** How a value of a plot is written: `0.5 %`, `48 MB`, `20/s`, `1.2 kB/s`. */
export function spellValue(
  { metrics: [name = ''], id }: Pick<Plot, 'metrics' | 'id'>,
  value: number,
): string {
  const dimension = dimensionNamed(name);
  return quantity(value, id === 'network' ? { ...dimension, perSecond: true } : dimension);
}

/** The curves of one plot as they are without a script. */
export function plotSvg(plot: Plot, charts: Charts, target: string): Html {
  const x = placeIn(charts.shown);
  const range = rangeOf(plot);
  const { from, to, ticks } = valueTicks(range.from, range.to, 2);
  const y = (value: number): number => TOP + PLOT_HEIGHT * (1 - (value - from) / (to - from));
  const drawn = thin({ edges: plot.edges, values: plot.lines.map(({ values }) => values) }, BUCKETS);
  const grid = ticks.map(
    (tick) =>
      html`<path class="grid" d="M${LEFT} ${px(y(tick))}H${WIDTH - RIGHT}"/><text class="y" x="${LEFT - 8}" y="${px(y(tick) + 4)}">${spellValue(plot, tick)}</text>`,
  );
  const lines = drawn.values.map(
    (values, index) =>
      html`<path class="line line-${index}" d="${pathOf(curve(drawn.edges, values, x, y))}"/>`,
  );
  return drawing(TOP + PLOT_HEIGHT, charts, target, [...grid, ...lines]);
}

/** Horizontal over each interval, and upright from one to the next; broken where the value is not known. */
function curve(edges: readonly number[], values: readonly (number | null)[], x: Place, y: Place): string[] {
  const path: string[] = [];
  let level: string | null = null;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      level = null;
      continue;
    }
    const next = px(y(value));
    if (level === null) path.push(`M${px(x(edges[index] ?? 0))} ${next}`);
    else if (next !== level) path.push(`V${next}`);
    path.push(`H${px(x(edges[index + 1] ?? 0))}`);
    level = next;
  }
  return path;
}

/** A stroke for each activity, one row a kind. */
export function lanesSvg(lanes: readonly Lane[], charts: Charts, target: string): Html {
  const x = placeIn(charts.shown);
  const rows = lanes.map(({ kind, marks, isWatched }, row) => {
    const top = TOP + row * LANE_HEIGHT;
    const places = [...new Set(marks.map(({ seconds }) => px(x(seconds))))];
    const strokes = places.map((at) => `M${at} ${top + 4}v${LANE_HEIGHT - 8}`);
    return html`<path class="grid" d="M${LEFT} ${top + LANE_HEIGHT}H${WIDTH - RIGHT}"/><text class="y" x="${LEFT - 8}" y="${top + 15}">${LANE_NAMES[kind]}</text>${isWatched ? html`<path class="mark mark-${kind}" d="${pathOf(strokes)}"/>` : html`<text class="unknown" x="${LEFT + 6}" y="${top + 15}">not watched</text>`}`;
  });
  return drawing(TOP + lanes.length * LANE_HEIGHT, charts, target, rows);
}

export const LANE_NAMES: Readonly<Record<Lane['kind'], string>> = {
  network: 'network',
  process: 'processes',
  event: 'events',
  log: 'log lines',
  file: 'files',
};

/** The drawing around what is in it: shades behind, the clock below. */
function drawing(bottom: number, charts: Charts, target: string, inner: readonly Html[]): Html {
  const x = placeIn(charts.shown);
  const shades = charts.shades.filter((shade) => shade.target === null || shade.target === target);
  const clock = clockTicks(charts.shown, charts, MAX_CLOCK_TICKS).map(
    ({ at, label }) =>
      html`<path class="tick" d="M${px(x(at))} ${bottom}v4"/>${clockLabel(x(at), bottom + 16, WIDTH, label)}`,
  );
  return html`<svg class="static" viewBox="0 0 ${WIDTH} ${bottom + AXIS_HEIGHT}" aria-hidden="true" focusable="false">${shades.map((shade) => shadeOf(shade, x, bottom))}${inner}<path class="axis" d="M${LEFT} ${bottom}H${WIDTH - RIGHT}"/>${clock}</svg>`;
}

function shadeOf({ from, to, kind }: Shade, x: Place, bottom: number): Html {
  const left = x(from);
  const width = Math.max(1, x(to) - left);
  const look = kind === 'settle' || kind === 'stop' ? 'around' : kind === 'gap' ? 'gap' : 'disturbed';
  return html`<rect class="shade ${look}" x="${px(left)}" y="${TOP}" width="${px(width)}" height="${bottom - TOP}"/>`;
}
