// What others use to tell a beat, from their published formulas, to compare with. Times in milliseconds, sorted or not.

const ascending = (values) => Float64Array.from(values).sort();

/**
 * RITA v5's time stamp score: the mean of one less the Bowley skew of the intervals, and of the share of their median
 * that the median absolute deviation leaves. Whole seconds; intervals of 0 are left out; 0 for fewer than 3 others.
 */
export function ritaTimeScore(timesMs) {
  const gaps = gapsOf(timesMs.map((atMs) => Math.floor(atMs / 1000))).filter((gap) => gap > 0);
  if (gaps.length < 3) return 0;
  gaps.sort();
  const half = gaps.length >> 1;
  const [low, middle, high] = [gaps.subarray(0, half), gaps, gaps.subarray(gaps.length - half)].map(middleOf);
  const isSkewed = high - low >= 10 && middle !== low && middle !== high;
  const skew = isSkewed ? Math.abs((low + high - 2 * middle) / (high - low)) : 0;
  const deviation = middleOf(gaps.map((gap) => Math.abs(gap - middle)).sort());
  const dispersion = middle < 1 ? 1 : Math.max(0, (middle - deviation) / middle);
  return Math.round((1000 * (1 - skew + dispersion)) / 2) / 1000;
}

/** Less the coefficient of variation of the intervals, so that more is more regular. */
export function regularity(timesMs) {
  const gaps = gapsOf(timesMs);
  if (gaps.length < 3) return Number.NEGATIVE_INFINITY;
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const squares = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0);
  return -Math.sqrt(squares / (gaps.length - 1)) / mean;
}

/**
 * The H-test (de Jager, Raubenheimer and Swanepoel 1989): the largest Z²m − 4m + 4 of up to 20 harmonics, here over all
 * frequencies from 3 cycles in the span to 2.5 an event, four to a cycle.
 */
export function hTest(timesMs) {
  const sorted = ascending(timesMs);
  const span = sorted.at(-1) - sorted[0];
  if (sorted.length < 4 || !(span > 0)) return 0;
  let best = 0;
  for (let point = 12; point <= 10 * sorted.length; point += 1) {
    const re = new Float64Array(20);
    const im = new Float64Array(20);
    for (const atMs of sorted) {
      const angle = (2 * Math.PI * (point / 4) * (atMs - sorted[0])) / span;
      const c = Math.cos(angle);
      const s = Math.sin(angle);
      let a = c;
      let b = s;
      for (let k = 0; k < 20; k += 1) {
        re[k] += a;
        im[k] += b;
        const turned = a * c - b * s;
        b = a * s + b * c;
        a = turned;
      }
    }
    let sum = 0;
    for (let k = 0; k < 20; k += 1) {
      sum += (2 * (re[k] ** 2 + im[k] ** 2)) / sorted.length;
      best = Math.max(best, sum - 4 * k);
    }
  }
  return best;
}

function gapsOf(times) {
  const sorted = ascending(times);
  return sorted.subarray(1).map((at, index) => at - sorted[index]);
}

function middleOf(sorted) {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
