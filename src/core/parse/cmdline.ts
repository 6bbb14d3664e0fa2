import { escapeControls } from './escape-controls.ts';

const MAX_LENGTH = 512;
const MAX_ARGUMENT = 4096;
/** Stands for what was a secret. */
export const MASK = '***';

/** Words that name a secret, wherever they stand in the name of an option or a variable. */
const SECRET_NAME =
  /pass(?:word|wd|phrase|code)?|pwd|secret|token|(?:api|access|private|account|encryption|signing|master)[-_.]?key|auth|credential|cookie|bearer|signature/iu;

/** Every pattern below is bounded, so that no program can keep the watchdog busy with what it calls itself. */
const MAX_NAME = 64;
/** `--password`, `-token`: the next argument is the value. */
const FLAG = /^--?(?!-|no-)[\w.-]{1,64}$/u;
/** `--db-password=…`, `API_KEY=…` as a whole argument: everything after the sign is the value, blanks included. */
const ASSIGNED_NAME = /^-{0,2}[\w.-]{1,64}$/u;
/** The same inside an argument: a query string, JSON, a script after `sh -c`. */
const INLINE_NAME = /([\w.-]{1,64})["']?\s{0,4}[=:]\s{0,4}/gu;
const INLINE_VALUE = /"[^"]*"|'[^']*'|[^\s&;,"'}]+/uy;
const HEADER =
  /\b((?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]{0,40}(?:key|token))(\s{0,4}[:=]\s{0,4})[^]+/iu;
const SCHEME_CREDENTIAL = /\b(bearer|basic)\s+[^\s"']+/giu;
const URL_PASSWORD = /([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/@:]{0,256}):[^\s/]*@/giu;
const PRIVATE_KEY = /-----BEGIN[^]*/u;
const KNOWN_TOKEN =
  /\b(?:sk|pk|rk)[-_][\w-]{8,}|\b(?:gh[oprsu]|github_pat|glpat|hf|npm|xox[abeoprs])[-_][\w-]{10,}|\bA(?:KIA|SIA)[0-9A-Z]{16}\b|\bAIza[\w-]{30,}|\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/gu;
const LONG_WORD = /[\w+=-]{32,}/gu;

/** Programs whose short options carry a secret, joined to the option or as the next argument. */
const SHORT_SECRETS: readonly { program: RegExp; option: string; separate: boolean }[] = [
  { program: /^(?:mysql|mariadb)/u, option: '-p', separate: false },
  { program: /^sshpass$/u, option: '-p', separate: true },
  { program: /^redis-cli$/u, option: '-a', separate: true },
  { program: /^(?:curl|wget)$/u, option: '-u', separate: true },
  { program: /^ldap/u, option: '-w', separate: true },
];

/**
 * A command line as evidence may keep it: arguments joined by blanks, secrets replaced by `***`, control characters
 * escaped, at most 512 characters. It rather hides a word too many than shows a secret. Who calls itself something else fills
 * with blanks what it does not need of the old one.
 */
export function redactCmdline(argv: readonly string[]): string {
  const text = redactArguments(argv).join(' ').trimEnd();
  return text.length > MAX_LENGTH ? `${cut(text, MAX_LENGTH - 1)}…` : text;
}

/** The same, argument by argument; those that a command line would not show any more are left out. */
export function redactArguments(argv: readonly string[]): string[] {
  const program = argv[0]?.slice(argv[0].lastIndexOf('/') + 1) ?? '';
  const short = SHORT_SECRETS.find((entry) => entry.program.test(program));
  const words: string[] = [];
  let length = 0;
  let isSecret = false;
  for (const argument of argv) {
    if (length > MAX_LENGTH) break;
    const word = isSecret && argument !== '' ? MASK : escapeControls(redactArgument(argument, short?.option));
    isSecret =
      !isSecret && (isSecretFlag(argument) || (short?.separate === true && argument === short.option));
    words.push(word);
    length += word.length + 1;
  }
  return words;
}

/** Whether what is called so is rather a secret than not. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Splits the bytes of /proc/PID/cmdline, which are separated and ended by NUL; see proc_pid_cmdline(5). */
export function splitCmdline(text: string): string[] {
  const end = text.length - (text.endsWith('\0') ? 1 : 0);
  return end === 0 ? [] : text.slice(0, end).split('\0');
}

function redactArgument(argument: string, shortOption: string | undefined): string {
  if (shortOption !== undefined && argument.startsWith(shortOption) && argument.length > shortOption.length) {
    return `${shortOption}${MASK}`;
  }
  const name = argument.slice(0, Math.max(0, argument.slice(0, MAX_NAME + 3).indexOf('=')));
  if (ASSIGNED_NAME.test(name) && SECRET_NAME.test(name)) return `${name}=${MASK}`;
  const known = argument
    .slice(0, MAX_ARGUMENT)
    .replace(PRIVATE_KEY, MASK)
    .replace(HEADER, `$1$2${MASK}`)
    .replaceAll(SCHEME_CREDENTIAL, `$1 ${MASK}`)
    .replaceAll(URL_PASSWORD, `$1:${MASK}@`);
  return redactInline(known)
    .replaceAll(KNOWN_TOKEN, MASK)
    .replaceAll(LONG_WORD, (word) => (looksRandom(word) ? MASK : word));
}

/** Masks the values of secret names. Only those are skipped: the value of `https:` may hold `?token=…`. */
function redactInline(text: string): string {
  let redacted = '';
  let from = 0;
  for (const match of text.matchAll(INLINE_NAME)) {
    const valueAt = match.index + match[0].length;
    if (match.index < from || !SECRET_NAME.test(match[1] ?? '')) continue;
    INLINE_VALUE.lastIndex = valueAt;
    const value = INLINE_VALUE.exec(text)?.[0];
    if (value === undefined) continue;
    redacted += `${text.slice(from, valueAt)}${MASK}`;
    from = valueAt + value.length;
  }
  return redacted + text.slice(from);
}

function isSecretFlag(argument: string): boolean {
  return FLAG.test(argument) && SECRET_NAME.test(argument);
}

/** Upper case, lower case and digits mixed, with many different characters: rather a key than a name or a hash. */
function looksRandom(word: string): boolean {
  return /[a-z]/u.test(word) && /[A-Z]/u.test(word) && /\d/u.test(word) && entropyBits(word) >= 4;
}

/** Shannon entropy of the characters of a word, in bits a character. */
function entropyBits(word: string): number {
  const counts = new Map<string, number>();
  for (const character of word) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / word.length) * Math.log2(count / word.length);
  return bits;
}

/** Cuts without leaving half a surrogate pair. */
function cut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}
