/**
 * Discrete Fourier transform in place, radix 2 (Cooley and Tukey 1965), with a positive exponent. Two passes go through the
 * numbers together, for fewer ways to the memory: the arithmetic is that of one after the other, to the bit.
 * @param re real parts, as many as a power of 2; `im` likewise
 */
export function fourier(re: Float64Array, im: Float64Array): void {
  const tables = tablesOf(re.length);
  reorder(re, im, tables.reversed);
  let half = 1;
  for (; 2 * half < re.length; half *= 4) twoPasses(re, im, half, tables);
  if (half < re.length) lastPass(re, im, half, tables);
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

/** What depends on the size alone. */
interface Tables {
  /** Of each pass one after another, in the order in which it reads them: that of `half` pairs begins at `half`. */
  cosines: Float64Array;
  sines: Float64Array;
  /** Of each place, the one with its bits in reverse. */
  reversed: Uint32Array;
}

/** By size: powers of 2, and the search bounds the largest. */
const known: Map<number, Tables> = new Map();

function tablesOf(size: number): Tables {
  const before = known.get(size);
  if (before !== undefined) return before;
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
  const reversed = new Uint32Array(size);
  for (let index = 1; index < size; index += 1) {
    reversed[index] = ((reversed[index >> 1] as number) >> 1) | ((index & 1) === 1 ? size >> 1 : 0);
  }
  const made = { cosines, sines, reversed };
  known.set(size, made);
  return made;
}

function reorder(re: Float64Array, im: Float64Array, reversed: Uint32Array): void {
  for (let index = 1; index < re.length; index += 1) {
    const other = reversed[index] as number;
    if (index >= other) continue;
    const [a, b] = [re[index] as number, im[index] as number];
    re[index] = re[other] as number;
    im[index] = im[other] as number;
    re[other] = a;
    im[other] = b;
  }
}
