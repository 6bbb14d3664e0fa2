/** Puts plots that can be zoomed in place of the page's drawings. */
function drawPage() {
  const data = JSON.parse(document.getElementById('charts').textContent);
  const clock = makeClock(data);
  const range = document.createElement('output');
  const view = makeView(clock.whole, () => {
    range.textContent = `${clock.moment(view.min, view)} to ${clock.moment(view.max, view)}`;
  });
  const page = { data, clock, view };
  document.documentElement.classList.add('live');
  for (const host of document.querySelectorAll('[data-plot]')) {
    const [target, plot] = host.getAttribute('data-plot').split('-').map(Number);
    drawCurves(page, host, data.targets[target], data.targets[target].plots[plot]);
  }
  for (const host of document.querySelectorAll('[data-lanes]')) {
    drawLanes(page, host, data.targets[Number(host.getAttribute('data-lanes'))]);
  }
  makeTools(page, range);
  view.reset();

  const fit = () => {
    for (const { plot, canvas, height } of view.plots) {
      const width = canvas.clientWidth;
      if (width > 0 && width !== plot.width) plot.setSize({ width, height });
    }
  };
  new ResizeObserver(fit).observe(document.querySelector('main'));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const { plot } of view.plots) plot.redraw();
  });
}

drawPage();
