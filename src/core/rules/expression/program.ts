import { type Edge, type Node, Unbounded } from './syntax.ts';

/** One step of a program. `split` goes on at both places; `match` is the end. */
export type Step =
  | { is: 'one'; fits: (character: string) => boolean }
  | { is: 'edge'; at: Edge }
  | { is: 'split'; one: number; other: number }
  | { is: 'jump'; to: number }
  | { is: 'match' };

/** Repetitions are written out: this bounds what `{1000}` of `{1000}` comes to, and how often nothing is written. */
const MOST_STEPS = 2000;
const MOST_WRITTEN = 20_000;
const TOO_LARGE = 'it is too large when its repetitions are written out';

/** A tree as steps, to be followed side by side (Thompson 1968). @throws Unbounded for one that is too large */
export function programOf(node: Node): readonly Step[] {
  const steps: Step[] = [];
  const add = (step: Step): number => {
    if (steps.length >= MOST_STEPS) throw new Unbounded(TOO_LARGE);
    return steps.push(step) - 1;
  };
  let written = 0;
  const write = (one: Node): void => {
    written += 1;
    if (written > MOST_WRITTEN) throw new Unbounded(TOO_LARGE);
    switch (one.is) {
      case 'sequence':
        for (const part of one.parts) write(part);
        return;
      case 'choice':
        writeChoice(one.options);
        return;
      case 'repeat':
        writeRepeat(one.of, one.least, one.most);
        return;
      default:
        add(one);
    }
  };
  const writeChoice = (options: readonly Node[]): void => {
    const ends: number[] = [];
    for (const [index, option] of options.entries()) {
      const isLast = index === options.length - 1;
      const fork = isLast ? null : add({ is: 'split', one: steps.length + 1, other: 0 });
      write(option);
      if (fork === null) continue;
      ends.push(add({ is: 'jump', to: 0 }));
      steps[fork] = { is: 'split', one: fork + 1, other: steps.length };
    }
    for (const end of ends) steps[end] = { is: 'jump', to: steps.length };
  };
  const writeRepeat = (of: Node, least: number, most: number): void => {
    for (let count = 0; count < least; count += 1) write(of);
    if (most === Number.POSITIVE_INFINITY) {
      const fork = add({ is: 'split', one: 0, other: 0 });
      write(of);
      add({ is: 'jump', to: fork });
      steps[fork] = { is: 'split', one: fork + 1, other: steps.length };
      return;
    }
    const forks: number[] = [];
    for (let count = least; count < most; count += 1) {
      forks.push(add({ is: 'split', one: 0, other: 0 }));
      write(of);
    }
    for (const fork of forks) steps[fork] = { is: 'split', one: fork + 1, other: steps.length };
  };
  write(node);
  add({ is: 'match' });
  return steps;
}
