/** Buttons and keys for what a pointer does by dragging. */
function makeTools({ data, clock, view }, range) {
  const { offset } = clock;
  const tools = document.getElementById('tools');
  tools.className = 'tools';
  tools.setAttribute('role', 'group');
  tools.setAttribute('aria-label', 'Stretch of time that the plots show');
  const showWindow = () => view.show(data.window.from + offset, data.window.to + offset);
  const actions = [
    ['+', 'Zoom in', () => view.zoom(0.5)],
    ['−', 'Zoom out', () => view.zoom(2)],
    ['←', 'Earlier', () => view.move(-0.25)],
    ['→', 'Later', () => view.move(0.25)],
    ['All', 'Show all', view.reset],
    ['Window', 'Show the window', showWindow],
  ];
  for (const [face, name, act] of actions) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = face;
    button.title = name;
    button.setAttribute('aria-label', name);
    button.addEventListener('click', act);
    tools.append(button);
  }
  const hint = document.createElement('span');
  hint.className = 'hint';
  hint.textContent = 'or drag across a plot; a double click shows all';
  tools.append(hint, range);
  const keys = new Map([
    ['+', () => view.zoom(0.5)],
    ['-', () => view.zoom(2)],
    ['ArrowLeft', () => view.move(-0.25)],
    ['ArrowRight', () => view.move(0.25)],
    ['0', view.reset],
  ]);
  tools.addEventListener('keydown', (event) => {
    const act = keys.get(event.key);
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
}
