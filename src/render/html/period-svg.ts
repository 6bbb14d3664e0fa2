import type { Charts } from '../../model/charts.ts';
import type { Period } from '../../model/proof.ts';
import { spell } from '../../core/wording/amounts.ts';
import { clockTicks, valueTicks } from './axis.ts';
import { clockLabel } from './clock-label.ts';
import { type Html, html, pathOf, px } from './markup.ts';

const WIDTH = 620;
const LEFT = 64;
const RIGHT = 8;

/** A stroke for each beat on the window's time, over the places where a beat is due. */
export function beatsSvg(beats: readonly number[], { seconds, missed }: Period, charts: Charts): Html {
  const { window } = charts;
  const span = Math.max(window.to - window.from, 1e-3);
  const x = (at: number): number => LEFT + ((at - window.from) / span) * (WIDTH - LEFT - RIGHT);
  const inside = beats.filter((at) => at >= window.from - 1 && at <= window.to + 1);
  const places = [...new Set(inside.map((at) => px(x(at))))];
  const clock = clockTicks(window, charts, 6).map(
    ({ at, label }) =>
      html`<path class="tick" d="M${px(x(at))} 42v4"/>${clockLabel(x(at), 58, WIDTH, label)}`,
  );
  const words = `${inside.length} beats every ${spell(seconds * 1000)}, ${missed} missed`;
  return html`<svg viewBox="0 0 ${WIDTH} 64" role="img" aria-label="Beats on the time line: ${words}"><path class="axis" d="M${LEFT} 42H${WIDTH - RIGHT}"/><path class="beat" d="${pathOf(places.map((at) => `M${at} 10V38`))}"/>${clock}</svg>`;
}

const INTERVALS_HEIGHT = 132;

/** From each beat to the next, in order: what jitters, drifts or is missed shows. */
export function intervalsSvg({ intervalsSeconds: intervals, seconds, secondsInterval }: Period): Html {
  const [least, most] = intervals.reduce(
    ([low, high], interval) => [Math.min(low, interval), Math.max(high, interval)],
    [seconds, seconds],
  );
  const pad = Math.max((most - least) * 0.15, seconds * 0.02);
  const { from, to, ticks } = valueTicks(Math.max(0, least - pad), most + pad, 3);
  const bottom = INTERVALS_HEIGHT - 22;
  const y = (value: number): number => 6 + (bottom - 6) * (1 - (value - from) / (to - from));
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, intervals.length);
  const places = intervals.map(
    (interval, index) => `M${px(LEFT + (index + 0.5) * step)} ${px(y(interval))}h0`,
  );
  const grid = ticks.map(
    (tick) =>
      html`<path class="grid" d="M${LEFT} ${px(y(tick))}H${WIDTH - RIGHT}"/><text class="y" x="${LEFT - 8}" y="${px(y(tick) + 4)}">${spell(tick * 1000)}</text>`,
  );
  const band = html`<rect class="band" x="${LEFT}" width="${WIDTH - LEFT - RIGHT}" y="${px(y(secondsInterval.to))}" height="${px(Math.max(1, y(secondsInterval.from) - y(secondsInterval.to)))}"/>`;
  const words = `${intervals.length} intervals from ${spell(least * 1000)} to ${spell(most * 1000)} around ${spell(seconds * 1000)}`;
  return html`<svg viewBox="0 0 ${WIDTH} ${INTERVALS_HEIGHT}" role="img" aria-label="Intervals from beat to beat: ${words}">${grid}${band}<path class="dots" d="${pathOf([...new Set(places)])}"/><path class="axis" d="M${LEFT} ${bottom}H${WIDTH - RIGHT}"/><text class="x start" x="${LEFT}" y="${bottom + 16}">first beat</text><text class="x end" x="${WIDTH - RIGHT}" y="${bottom + 16}">last</text></svg>`;
}

const RING = 200;
const INNER = 56;
const OUTER = 84;
/** Directions that can be told apart on the ring. */
const DIRECTIONS = 720;

/** The period as a clock face: a stroke where in it each event lies. What repeats is a bundle, chance is a full ring. */
export function phaseSvg({ phases, phaseSeconds, seconds }: Period): Html {
  const middle = RING / 2;
  const directions = new Map<number, number>();
  for (const phase of phases) {
    const direction = Math.round(phase * DIRECTIONS) % DIRECTIONS;
    directions.set(direction, (directions.get(direction) ?? 0) + 1);
  }
  const point = (turn: number, radius: number): string => {
    const angle = turn * 2 * Math.PI;
    return `${px(middle + radius * Math.sin(angle))} ${px(middle - radius * Math.cos(angle))}`;
  };
  const strokes = [...directions.keys()].map((direction) => {
    const turn = direction / DIRECTIONS;
    return `M${point(turn, INNER)}L${point(turn, OUTER)}`;
  });
  const due = phaseSeconds / seconds;
  const marks = [0, 0.25, 0.5, 0.75].map((turn) => `M${point(turn, OUTER + 4)}L${point(turn, OUTER + 8)}`);
  const words = `${phases.length} events of the subject within a period of ${spell(seconds * 1000)}; a beat is due ${spell(phaseSeconds * 1000)} into it`;
  return html`<svg class="ring" viewBox="0 0 ${RING} ${RING}" role="img" aria-label="Phase plot: ${words}"><circle class="grid" cx="${middle}" cy="${middle}" r="${INNER}"/><circle class="grid" cx="${middle}" cy="${middle}" r="${OUTER}"/><path class="tick" d="${pathOf(marks)}"/><path class="beat" d="${pathOf(strokes)}"/><path class="due" d="M${point(due, 0)}L${point(due, INNER - 6)}"/><text class="mid" x="${middle}" y="${middle + (due > 0.25 && due < 0.75 ? -14 : 24)}">${spell(seconds * 1000)}</text></svg>`;
}
