import { Scene } from '../unit/support/evidence.ts';

/**
 * A week in one window: a look a second at which something was read, a peak of a second in it, rows, connections and gaps.
 * @returns the scene, and when the peak was
 */
export function soakScene(seconds: number = 7 * 86_400): { scene: Scene; peakAt: number } {
  const scene = new Scene(seconds).withEvents();
  const peakAt = Math.floor(seconds * 0.37);
  let cpuNs = 1e9;
  let wakeups = 1000;
  for (let second = 1; second <= seconds; second += 1) {
    cpuNs += second === peakAt ? 9e8 : 1e6 * (1 + Math.sin(second / 5000));
    wakeups += second % 60 === 0 ? 30 : 2;
    const pssBytes = 10e6 + second * 3 + 1e5 * Math.sin(second / 9000);
    scene.sample(second, 1, { cpuNs, wakeups, pssBytes });
    if (second % 30 === 0) scene.network(second, { bytesSent: 120, bytesReceived: 90 });
    if (second % 300 === 0) scene.row(second, 'tool_run');
    if (second % 40_000 === 0) scene.gap(second, second + 60);
  }
  return { scene, peakAt };
}
