const CURVE_HEIGHT = 112;

/** Rates start at 0; memory shows its change, but never less than a tenth of itself. */
function valueRange({ id, leastTop }, least, most) {
  if (least === null || most === null) return [0, leastTop];
  if (id !== 'memory') return [0, Math.max(leastTop, most) * 1.06];
  const span = Math.max(most - least, most * 0.1, leastTop) * 1.1;
  const from = Math.max(0, (most + least) / 2 - span / 2);
  return [from, from + span];
}

/** Each value lasts from one edge to the next; where it is not known, the curve is broken. */
function columnsOf({ edges, lines }, offset) {
  const xs = [];
  const ys = lines.map(() => []);
  const put = (x, valueOf) => {
    xs.push(x + offset);
    for (const [index, line] of lines.entries()) ys[index].push(valueOf(line));
  };
  let wasKnown = false;
  for (let index = 0; index + 1 < edges.length; index += 1) {
    const at = ({ values }) => values[index];
    const isKnown = lines.some((line) => at(line) !== null);
    if (isKnown && !wasKnown) put(edges[index], at);
    if (isKnown) put(edges[index + 1], at);
    else put((edges[index] + edges[index + 1]) / 2, () => null);
    wasKnown = isKnown;
  }
  return [xs, ...ys];
}

function drawCurves(page, host, target, curves) {
  const { clock, view } = page;
  const { id, lines } = curves;
  const columns = columnsOf(curves, clock.offset);
  const isFilled = id === 'cpu' || id === 'wakeups';
  const sayAt = (at) => {
    const index = columns[0].findIndex((x) => x >= at);
    return lines.map(({ label }, line) => {
      const value = columns[line + 1][index] ?? null;
      return `${lines.length > 1 ? `${label} ` : ''}${value === null ? 'not known' : SPELL[id](value)}`;
    });
  };
  mount(page, host, target, {
    columns,
    height: CURVE_HEIGHT,
    scale: (plot, least, most) => valueRange(curves, least, most),
    axis: {
      font: FONT,
      stroke: () => color('--muted'),
      gap: 8,
      space: 34,
      grid: { stroke: () => color('--grid'), width: 1 },
      ticks: { show: false },
      values: (plot, splits) => splits.map((value) => SPELL[id](value)),
    },
    series: lines.map(({ label }, index) => ({
      label,
      stroke: () => color(`--line-${index}`),
      fill: () => (isFilled ? color('--area') : 'transparent'),
      width: 1.4,
      points: { show: false },
      paths: uPlot.paths.stepped({ align: -1 }),
    })),
    draw: () => {},
    tell: (plot, at) => (at === null ? '' : `${clock.moment(at, view)}   ${sayAt(at).join(', ')}`),
  });
}
