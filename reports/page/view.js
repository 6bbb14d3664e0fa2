/** What is shown is never shorter than this many seconds. */
const SMALLEST_VIEW = 0.01;

/** The stretch of time that all plots of the page show together. */
function makeView(whole, onChange) {
  const plots = [];
  const view = { ...whole, plots };

  view.show = (min, max) => {
    const width = Math.min(Math.max(max - min, SMALLEST_VIEW), whole.max - whole.min);
    view.min = Math.min(Math.max(min, whole.min), whole.max - width);
    view.max = view.min + width;
    for (const { plot } of plots) plot.setScale('x', { min: view.min, max: view.max });
    onChange();
  };
  view.zoom = (factor) => {
    const middle = (view.min + view.max) / 2;
    const half = ((view.max - view.min) * factor) / 2;
    view.show(middle - half, middle + half);
  };
  view.move = (share) => {
    const by = (view.max - view.min) * share;
    view.show(view.min + by, view.max + by);
  };
  view.reset = () => view.show(whole.min, whole.max);
  return view;
}
