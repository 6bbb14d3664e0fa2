/** Words by which apps name what a user did, the clearest first. A word stands between separators or capitals. */
const USER_WORDS: readonly ReadonlySet<string>[] = [
  new Set(['user', 'human', 'customer', 'visitor']),
  new Set(['prompt', 'question', 'utterance', 'keystroke', 'keypress', 'click', 'typed', 'login', 'signin']),
  new Set(['message', 'chat', 'input', 'query', 'search', 'command']),
];
/** Whoever else acts, or what is done on nobody's request: such a type is no user's. */
const OTHERS: ReadonlySet<string> = new Set(
  `assistant agent bot system tool llm model ai response reply answer output completion heartbeat tick poll sync cron
  scheduled background job worker error failed failure timeout retry sent delivered deleted expired cleanup logout`.split(
    /\s+/u,
  ),
);
const WORK_WORDS: ReadonlySet<string> = new Set(
  'tool tools function llm model completion inference agent job task embedding generation'.split(' '),
);
/** Types that the shipped pack no-background-agents knows. */
const SHIPPED: ReadonlySet<string> = new Set(['tool_run', 'llm_request']);

/** Types that look like something that a user did: `user_message`, `UserPrompt`, `chat.question`; the likeliest first. */
export function userTypes(types: readonly string[]): string[] {
  const ranked = types.flatMap((type) => {
    const words = wordsOf(type);
    if (words.some((word) => OTHERS.has(word))) return [];
    const rank = USER_WORDS.findIndex((set) => words.some((word) => set.has(word)));
    return rank < 0 ? [] : [{ type, rank }];
  });
  const best = Math.min(...ranked.map(({ rank }) => rank));
  // Where a type names the user, a mere «message» may be anybody's.
  return ranked
    .filter(({ rank }) => rank === best || (best > 0 && rank === best + 1))
    .map(({ type }) => type);
}

/** Whether the shipped rules would blame what these users asked for: they excuse tool runs after `user_message` alone. */
export function isUserUnknown(types: readonly string[], users: readonly string[]): boolean {
  return users.length > 0 && !users.includes('user_message') && types.some((type) => SHIPPED.has(type));
}

/** Types that look like runs of tools and models, and that no shipped rule names. */
export function unknownWorkTypes(types: readonly string[]): string[] {
  return types.filter(
    (type) =>
      !SHIPPED.has(type) &&
      wordsOf(type).some((word) => WORK_WORDS.has(word)) &&
      userTypes([type]).length === 0,
  );
}

/** `UserMessage`, `user_message`, `user.message` → user, message. */
function wordsOf(type: string): string[] {
  return type
    .slice(0, 200)
    .replaceAll(/([a-z0-9])([A-Z])/gu, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/u)
    .filter((word) => word !== '');
}
