const AXIS_WIDTH = 72;
const FONT_PIXELS = 12;
const FONT = `${FONT_PIXELS}px system-ui, sans-serif`;
/** A shorter drag is a click. */
const LEAST_DRAG = 4;
const HALF_LABEL = 24;

/** The colours are those of the style sheet, in light and dark. */
function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** What lies behind the curves: before and after the window, and where nobody looked. */
function shade(plot, { data, clock }, target) {
  const { ctx, bbox } = plot;
  const end = bbox.left + bbox.width;
  const place = (seconds) => plot.valToPos(seconds + clock.offset, 'x', true);
  for (const { from, to, kind, target: of } of data.shades) {
    if (of !== null && of !== target.name) continue;
    const left = Math.max(bbox.left, place(from));
    const right = Math.min(end, place(to));
    if (right < bbox.left || left > end) continue;
    ctx.fillStyle = color(kind === 'settle' || kind === 'stop' ? '--around' : '--gap');
    ctx.fillRect(left, bbox.top, Math.max(devicePixelRatio, right - left), bbox.height);
  }
  ctx.fillStyle = color('--muted');
  for (const edge of [data.window.from, data.window.to].map(place)) {
    if (edge >= bbox.left && edge <= end) ctx.fillRect(edge, bbox.top, devicePixelRatio, bbox.height);
  }
}

/** A label at the edge would be cut off. */
function endsInside(plot, at) {
  const { min, max } = plot.scales.x;
  return ((max - at) / (max - min)) * (plot.bbox.width / devicePixelRatio) > HALF_LABEL;
}

function clockAxis(clock) {
  return {
    font: FONT,
    stroke: () => color('--muted'),
    size: 24,
    gap: 4,
    incrs: CLOCK_STEPS,
    space: () => 92,
    grid: { show: false },
    ticks: { stroke: () => color('--muted'), size: 4, width: 1 },
    values: (plot, splits, axis, space, step) =>
      splits.map((at) => (endsInside(plot, at) ? clock.label(at, step) : '')),
  };
}

/** A drag across a plot shows what it crossed, in all plots. */
function zoomToSelection(plot, view) {
  const { left, width } = plot.select;
  if (width < LEAST_DRAG) return;
  const from = plot.posToVal(left, 'x');
  const to = plot.posToVal(left + width, 'x');
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  view.show(from, to);
}

/** Where the pointer is on the time axis; null where it is not on the plots. */
function pointed(plot) {
  const { left } = plot.cursor;
  return typeof left === 'number' && left >= 0 ? plot.posToVal(left, 'x') : null;
}

/** Puts a plot into its place. The drawing that was there stays for print; a plot fits, and need not be scrolled. */
function mount(page, host, target, { columns, height, scale, axis, series, draw, tell }) {
  const { clock, view } = page;
  const readout = host.parentElement.querySelector('.readout');
  const canvas = document.createElement('div');
  canvas.setAttribute('aria-hidden', 'true');
  host.removeAttribute('tabindex');
  host.append(canvas);
  /** @type {import('uplot').Options} */
  const options = {
    width: canvas.clientWidth,
    height,
    legend: { show: false },
    padding: [6, 8, 0, 0],
    scales: { x: { time: false, range: (plot, min, max) => [min, max] }, y: { range: scale } },
    axes: [clockAxis(clock), { size: AXIS_WIDTH, ...axis }],
    series: [{}, ...series],
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false },
      sync: {
        key: 'time',
        setSeries: false,
        filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
      },
      bind: { dblclick: () => () => view.reset() },
    },
    hooks: {
      drawClear: [(plot) => shade(plot, page, target)],
      draw: [draw],
      setCursor: [(plot) => (readout.textContent = tell(plot, pointed(plot)))],
      setSelect: [(plot) => zoomToSelection(plot, view)],
    },
  };
  view.plots.push({ plot: new uPlot(options, columns, canvas), canvas, height });
}
