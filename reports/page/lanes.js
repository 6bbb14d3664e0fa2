const LANE_HEIGHT = 24;
const CLOCK_HEIGHT = 30;
const MARK_HEIGHT = 14;
/** So far from a mark, in pixels, it is pointed at. */
const NEAR = 6;

function drawLane(plot, { name, marks, isWatched }, y, offset) {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const write = (text, x, align) => {
    ctx.fillStyle = color('--muted');
    ctx.textAlign = align;
    ctx.fillText(text, x, y);
  };
  ctx.fillStyle = color('--grid');
  ctx.fillRect(bbox.left, y + (LANE_HEIGHT / 2) * ratio - ratio, bbox.width, ratio);
  write(name, bbox.left - 8 * ratio, 'right');
  if (!isWatched) write('not watched', bbox.left + 6 * ratio, 'left');
  ctx.fillStyle = color('--line-0');
  for (const [seconds] of marks) {
    const x = plot.valToPos(seconds + offset, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.fillRect(x - ratio, y - (MARK_HEIGHT / 2) * ratio, 2 * ratio, MARK_HEIGHT * ratio);
  }
}

function drawLanes(page, host, target) {
  const { clock, view } = page;
  const { lanes } = target;
  const sayAt = (plot, at) => {
    const near = ((view.max - view.min) / plot.over.clientWidth) * NEAR;
    const away = ([seconds]) => Math.abs(seconds + clock.offset - at);
    const found = lanes
      .flatMap(({ marks, labels }) => marks.map((mark) => ({ mark, labels })))
      .filter(({ mark }) => away(mark) <= near)
      .sort((a, b) => away(a.mark) - away(b.mark));
    if (found.length === 0) return clock.moment(at, view);
    const [{ mark, labels }] = found;
    const [seconds, count, label] = mark;
    const times = count > 1 ? `${count} × ` : '';
    const more = found.length > 1 ? `, and ${found.length - 1} more` : '';
    const what = label === null ? 'several kinds' : labels[label];
    return `${clock.moment(seconds + clock.offset, view)}   ${times}${what}${more}`;
  };
  mount(page, host, target, {
    columns: [
      [clock.whole.min, clock.whole.max],
      [null, null],
    ],
    height: lanes.length * LANE_HEIGHT + CLOCK_HEIGHT,
    scale: () => [0, 1],
    axis: { grid: { show: false }, ticks: { show: false }, splits: () => [] },
    series: [{ points: { show: false } }],
    draw: (plot) => {
      const { ctx, bbox } = plot;
      ctx.save();
      ctx.font = FONT.replace(String(FONT_PIXELS), String(FONT_PIXELS * devicePixelRatio));
      ctx.textBaseline = 'middle';
      for (const [row, lane] of lanes.entries()) {
        const y = bbox.top + (bbox.height / lanes.length) * (row + 0.5);
        drawLane(plot, lane, y, clock.offset);
      }
      ctx.restore();
    },
    tell: (plot, at) => (at === null ? '' : sayAt(plot, at)),
  });
}
