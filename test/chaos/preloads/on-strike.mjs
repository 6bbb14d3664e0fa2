// Tells a module when its fault strikes, and when it is undone.
export function onStrike(strike, undo = () => {}) {
  let isStruck = false;
  process.on('SIGUSR2', () => {
    isStruck = !isStruck;
    if (isStruck) strike();
    else undo();
    process.stderr.write(isStruck ? 'chaos: struck\n' : 'chaos: undone\n');
  });
}
