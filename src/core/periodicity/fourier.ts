/** Amplitudes Σ exp(2πi·bin·k/size) over some bins, for k = 0, 1, 2 …: real and imaginary parts. */
export interface Amplitudes {
  re: Float64Array;
  im: Float64Array;
}

/**
 * Discrete Fourier transform of how often each bin occurs, radix 2 (Cooley and Tukey 1965), with a positive exponent. Counts are
 * real: those of even and odd bins go through one transform of half the size, as its real and imaginary parts.
 * @param bins from 0 to below `size`
 * @param size a power of 2, at least 4
 * @returns size/2 amplitudes: the others are their conjugates
 */
export function transformCounts(bins: Uint32Array, size: number): Amplitudes {
  const tables = tablesOf(size);
  const re = new Float64Array(size / 2);
  const im = new Float64Array(size / 2);
  for (let index = 0; index < bins.length; index += 1) {
    const bin = bins[index] as number;
    const place = tables.reversed[bin >> 1] as number;
    const part = (bin & 1) === 0 ? re : im;
    part[place] = (part[place] as number) + 1;
  }
  transform(re, im, tables);
  tellApart(re, im, tables);
  return { re, im };
}

/**
 * In place, of numbers whose places have their bits in reverse. Two passes go through the numbers together, for fewer ways to
 * the memory.
 */
function transform(re: Float64Array, im: Float64Array, tables: Tables): void {
  let half = 1;
  for (; 2 * half < re.length; half *= 4) twoPasses(re, im, half, tables);
  if (half < re.length) lastPass(re, im, half, tables);
}

/** What even and odd counts have added, told apart by the symmetry of either, and joined as in one more pass. */
function tellApart(re: Float64Array, im: Float64Array, { cosines, sines }: Tables): void {
  const half = re.length;
  re[0] = (re[0] as number) + (im[0] as number);
  im[0] = 0;
  for (let low = 1; 2 * low < half; low += 1) {
    const high = half - low;
    const evenRe = ((re[low] as number) + (re[high] as number)) / 2;
    const evenIm = ((im[low] as number) - (im[high] as number)) / 2;
    const oddRe = ((im[low] as number) + (im[high] as number)) / 2;
    const oddIm = ((re[high] as number) - (re[low] as number)) / 2;
    const c = cosines[half + low] as number;
    const s = sines[half + low] as number;
    const turnedRe = oddRe * c - oddIm * s;
    const turnedIm = oddRe * s + oddIm * c;
    re[low] = evenRe + turnedRe;
    im[low] = evenIm + turnedIm;
    re[high] = evenRe - turnedRe;
    im[high] = turnedIm - evenIm;
  }
}

/** Joins each four transforms of `half` points to one: 0 with 1 and 2 with 3, then what came of both. */
function twoPasses(re: Float64Array, im: Float64Array, half: number, { cosines, sines }: Tables): void {
  for (let block = 0; block < re.length; block += 4 * half) {
    for (let k = 0; k < half; k += 1) {
      const at0 = block + k;
      const at1 = at0 + half;
      const at2 = at1 + half;
      const at3 = at2 + half;
      let c = cosines[half + k] as number;
      let s = sines[half + k] as number;
      let turnedRe = (re[at1] as number) * c - (im[at1] as number) * s;
      let turnedIm = (re[at1] as number) * s + (im[at1] as number) * c;
      const re0 = (re[at0] as number) + turnedRe;
      const im0 = (im[at0] as number) + turnedIm;
      const re1 = (re[at0] as number) - turnedRe;
      const im1 = (im[at0] as number) - turnedIm;
      turnedRe = (re[at3] as number) * c - (im[at3] as number) * s;
      turnedIm = (re[at3] as number) * s + (im[at3] as number) * c;
      const re2 = (re[at2] as number) + turnedRe;
      const im2 = (im[at2] as number) + turnedIm;
      const re3 = (re[at2] as number) - turnedRe;
      const im3 = (im[at2] as number) - turnedIm;
      c = cosines[2 * half + k] as number;
      s = sines[2 * half + k] as number;
      turnedRe = re2 * c - im2 * s;
      turnedIm = re2 * s + im2 * c;
      re[at0] = re0 + turnedRe;
      im[at0] = im0 + turnedIm;
      re[at2] = re0 - turnedRe;
      im[at2] = im0 - turnedIm;
      c = cosines[3 * half + k] as number;
      s = sines[3 * half + k] as number;
      turnedRe = re3 * c - im3 * s;
      turnedIm = re3 * s + im3 * c;
      re[at1] = re1 + turnedRe;
      im[at1] = im1 + turnedIm;
      re[at3] = re1 - turnedRe;
      im[at3] = im1 - turnedIm;
    }
  }
}

/** Joins two transforms of `half` points to one: what is left where the passes are odd in number. */
function lastPass(re: Float64Array, im: Float64Array, half: number, { cosines, sines }: Tables): void {
  for (let low = 0; low < half; low += 1) {
    const high = low + half;
    const c = cosines[high] as number;
    const s = sines[high] as number;
    const turnedRe = (re[high] as number) * c - (im[high] as number) * s;
    const turnedIm = (re[high] as number) * s + (im[high] as number) * c;
    re[high] = (re[low] as number) - turnedRe;
    im[high] = (im[low] as number) - turnedIm;
    re[low] = (re[low] as number) + turnedRe;
    im[low] = (im[low] as number) + turnedIm;
  }
}

/** What depends on the size alone. Nobody changes it, so that all transforms can share it. */
interface Tables {
  /** Of each pass one after another, in the order in which it reads them: that of `half` pairs begins at `half`. */
  cosines: Float64Array;
  sines: Float64Array;
  /** Of each place of a transform of half the size, the one with its bits in reverse. */
  reversed: Uint32Array;
}

/** By size: powers of 2, and the search bounds the largest. */
const known: Map<number, Tables> = new Map();
/** Those of the largest size so far: the first of them are those of smaller ones. */
let turns: Pick<Tables, 'cosines' | 'sines'> = { cosines: new Float64Array(1), sines: new Float64Array(1) };

function tablesOf(size: number): Tables {
  const before = known.get(size);
  if (before !== undefined) return before;
  if (turns.cosines.length < size) turns = turnsUpTo(size);
  const reversed = new Uint32Array(size / 2);
  for (let index = 1; index < reversed.length; index += 1) {
    reversed[index] = ((reversed[index >> 1] as number) >> 1) | ((index & 1) === 1 ? size >> 2 : 0);
  }
  const made = { ...turns, reversed };
  known.set(size, made);
  return made;
}

function turnsUpTo(size: number): Pick<Tables, 'cosines' | 'sines'> {
  const cosines = new Float64Array(size);
  const sines = new Float64Array(size);
  for (let index = 0; index < size / 2; index += 1) {
    const c = Math.cos((2 * Math.PI * index) / size);
    const s = Math.sin((2 * Math.PI * index) / size);
    for (let half = size / 2, k = index; half >= 1; half /= 2, k /= 2) {
      cosines[half + k] = c;
      sines[half + k] = s;
      if (k % 2 === 1) break;
    }
  }
  return { cosines, sines };
}
