/** So many steps are looked for; what is not found by then is taken to be there. */
const MOST_STEPS = 20_000;

/**
 * Whether one set of each list can be chosen so that together they have everything. Sets are bits of a number.
 * @param lists the sets that can be chosen, of each list one
 */
export function canCover(lists: readonly (readonly bigint[])[], everything: bigint): boolean {
  const choices = lists.map(largest).sort((a, b) => a.length - b.length);
  // What the lists from each one on can add at the most.
  const reach = choices.map((_, index) =>
    choices
      .slice(index)
      .flat()
      .reduce((all, set) => all | set, 0n),
  );
  let steps = 0;
  const search = (index: number, covered: bigint): boolean => {
    if (covered === everything) return true;
    if ((covered | (reach[index] ?? 0n)) !== everything) return false;
    steps += 1;
    return steps > MOST_STEPS || (choices[index] ?? []).some((set) => search(index + 1, covered | set));
  };
  return search(0, 0n);
}

/** Sets that are part of no other one. */
function largest(sets: readonly bigint[]): bigint[] {
  const all = [...new Set(sets)];
  return all.filter((set) => !all.some((other) => other !== set && (set | other) === other));
}
