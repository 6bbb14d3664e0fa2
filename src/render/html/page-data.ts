import { escapeControls } from '../../core/parse/escape-controls.ts';
import type { Charts } from '../../model/charts.ts';
import { type Html, jsonBlock } from './markup.ts';
import { LANE_NAMES } from './plot-svg.ts';
import { LEAST_TOP } from './scale.ts';

/** What the script of the page draws. Its texts are put into the page as text, and can do no harm in a readout either. */
export function pageData(charts: Charts): Html {
  const { originMs, utcOffsetMinutes, shown, window, shades, targets } = charts;
  return jsonBlock({
    originMs,
    utcOffsetMinutes,
    shown,
    window,
    shades: shades.map((shade) => ({ ...shade, text: escapeControls(shade.text) })),
    targets: targets.map(({ name, plots, lanes }) => ({
      name,
      plots: plots.map(({ id, edges, lines }) => ({ id, leastTop: LEAST_TOP[id], edges, lines })),
      lanes: lanes.map(({ kind, isWatched, marks, labels }) => ({
        name: LANE_NAMES[kind],
        isWatched,
        marks: marks.map(({ seconds, count, label }) => [seconds, count, label]),
        labels: labels.map(escapeControls),
      })),
    })),
  });
}
