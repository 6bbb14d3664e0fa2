import { ATTEST_ERRORS } from './attest-errors.ts';
import { DAEMON_ERRORS } from './daemon-errors.ts';

/** 3: usage or configuration; 4: the watchdog itself failed. Verdicts have exit codes of their own (cli/exit-codes.ts). */
export type ErrorExitCode = 3 | 4;

interface ErrorEntry {
  exitCode: ErrorExitCode;
  /** One sentence: what, where. `{name}` is replaced by the detail of that name. */
  message: string;
  /** What to do about it. */
  hint: string;
}

const WATCH_ERRORS = {
  PLATFORM_UNSUPPORTED: {
    exitCode: 4,
    message: 'Watching is not supported on {platform} yet.',
    hint: 'Run it on Linux; see docs/platforms.md.',
  },
  // targets
  NO_TARGET: {
    exitCode: 3,
    message: 'No target was named.',
    hint: 'Name one: --port 8000, --name nginx, --pid 1234, or -- command args. See idleproof check --help.',
  },
  PID_NOT_FOUND: {
    exitCode: 3,
    message: 'There is no process {pid}.',
    hint: 'ps -e lists the running processes.',
  },
  TARGET_REFUSED: {
    exitCode: 3,
    message: 'Process {pid} ({name}) cannot be a target: {reason}.',
    hint: 'Name a process of the program that you want to watch.',
  },
  TARGET_NOT_FOUND: {
    exitCode: 3,
    message: 'No process matches {selector}{nearest}.',
    hint: 'Is the program running, and as a user whose processes can be seen? ps -e lists them.',
  },
  TARGET_AMBIGUOUS: {
    exitCode: 3,
    message: '{selector} matches {count} different programs: {candidates}.',
    hint: 'Choose one of them with --pid, or say more with --cmdline.',
  },
  TARGET_OVERLAP: {
    exitCode: 3,
    message: 'Process {pid} ({name}) would belong to two targets, {first} and {second}.',
    hint: 'Leave one of them out, or select a deeper process for one of them.',
  },
  PORT_NOT_FOUND: {
    exitCode: 3,
    message: 'Nobody listens on port {port}{nearest}.',
    hint: 'ss -lntup lists who listens. A program in a container listens in a network of its own: use --container.',
  },
  PORT_OWNER_HIDDEN: {
    exitCode: 3,
    message: 'Port {port} is open, but its process cannot be seen ({reason}).',
    hint: 'Run idleproof as root or as the user of that process, or name the process with --pid.',
  },
  PIDFILE_INVALID: {
    exitCode: 3,
    message: 'Pidfile {path}: {problem}.',
    hint: 'Is the program running? Name its process with --pid or --name instead.',
  },
  CGROUP_NOT_FOUND: {
    exitCode: 3,
    message: 'Nothing to watch in {selector}: {problem}.',
    hint: '{hint}',
  },
  COMMAND_NOT_STARTED: {
    exitCode: 3,
    message: 'The command {command} could not be started: {problem}.',
    hint: 'Is the path right, and the file executable? The command stands after --, one argument at a time.',
  },
  COMMAND_ENDED: {
    exitCode: 3,
    message: 'The command {command} ended ({how}) before it was ready{output}',
    hint: 'Its whole output is in {path}.',
  },
  COMMAND_NOT_READY: {
    exitCode: 3,
    message: 'The command {command} was not ready after {seconds} s of waiting for {condition}{output}',
    hint: 'Its whole output is in {path}. Is --ready right?',
  },
  OFFLINE_TOOL_MISSING: {
    exitCode: 3,
    message: 'A command cannot be run offline: there is no program {tool}.',
    hint: 'Install {package}, or leave --offline out.',
  },
  OFFLINE_REFUSED: {
    exitCode: 3,
    message: 'A command cannot be run offline, in a network of its own: {problem}.',
    hint: 'An ordinary user needs user namespaces for it (sysctl user.max_user_namespaces; on Ubuntu kernel.apparmor_restrict_unprivileged_userns), in a container root needs CAP_SYS_ADMIN. Or leave --offline out.',
  },
  // configuration and rules
  RULE_PACK_INVALID: {
    exitCode: 3,
    message: 'There is something wrong with the rules:\n{problems}',
    hint: 'Fields, metrics and operators are listed in docs/rules.md.',
  },
  RULE_PACK_NOT_FOUND: {
    exitCode: 3,
    message: 'There is no rule pack {name}; did you mean {nearest}?',
    hint: 'These packs ship: {shipped}. A file of your own is named by its path, such as ./rules/ours.yaml.',
  },
  PROOF_PACK_UNKNOWN: {
    exitCode: 3,
    message: 'The proof was judged by a rule pack {pack}, and none that ships has this name.',
    hint: 'Name its file, as it was then, with --rules.',
  },
  RULE_PACK_UNREADABLE: {
    exitCode: 3,
    message: 'The rule pack {file} cannot be read: {problem}.',
    hint: 'Name a YAML file, or a pack that ships.',
  },
  RULE_PARAMETER_INVALID: {
    exitCode: 3,
    message: 'The rule pack {name} is not named as it should be: {problem}.',
    hint: 'Write name:parameter=value, several with commas between them; `off` switches off what uses a parameter.',
  },
  RULE_PACK_TWICE: {
    exitCode: 3,
    message: 'Two rule packs are called {pack}: {file} and {other}.',
    hint: 'Give each pack a name of its own, and name each pack once.',
  },
  RULE_UNKNOWN: {
    exitCode: 3,
    message: 'There is no rule {id} in {packs}; did you mean {nearest}?',
    hint: 'idleproof rules list shows the packs that ship and their rules; --rules names others, and turns on what needs a parameter: --rules idle-budget:memory=50MB.',
  },
  RULE_TEST_INVALID: {
    exitCode: 3,
    message: 'There is something wrong with the examples:\n{problems}',
    hint: 'docs/rules.md shows how an example is written.',
  },
  RULE_TEST_UNREADABLE: {
    exitCode: 3,
    message: 'Cannot read examples from {file}: {problem}.',
    hint: 'Name a file of examples, such as ours.test.yaml, or the pack that it lies beside.',
  },
  CONFIG_UNREADABLE: {
    exitCode: 3,
    message: 'Cannot read the configuration {path}: {problem}.',
    hint: 'Is the path right? It is given with --config.',
  },
  CONFIG_INVALID: {
    exitCode: 3,
    message: '{problems}.',
    hint: 'The configuration was not used. README.md shows one.',
  },
  CONFIG_EXISTS: {
    exitCode: 3,
    message: 'There is a file {path} already; it was left as it is.',
    hint: 'Replace it with --force, choose another place with --out, or look first with --stdout.',
  },
  CONFIG_WRITE: {
    exitCode: 3,
    message: 'The configuration could not be written to {path}: {problem}.',
    hint: 'Choose another place with --out, or print it with --stdout.',
  },
  FILES_FOLDER: {
    exitCode: 3,
    message: 'The folder {path} cannot be watched: {problem}.',
    hint: 'Name an existing folder that this user may read: --files ./data, or files: [./data] in the configuration.',
  },
  ARGUMENT_UNEXPECTED: {
    exitCode: 3,
    message: '«{argument}» is neither an option nor a command.',
    hint: 'A running app is found by a selector, as in --name {argument}; a command to start stands after --.',
  },
  OPTION_INVALID: {
    exitCode: 3,
    message: '{option}: {problem}.',
    hint: 'See idleproof {command} --help.',
  },
  RULE_TARGET_UNKNOWN: {
    exitCode: 3,
    message: '{file}: {whose} is for a target «{target}» that is not watched; did you mean {nearest}?',
    hint: 'Targets are named with --target name=selector:value, or in the configuration.',
  },
  RULE_TABLE_UNKNOWN: {
    exitCode: 3,
    message:
      '{file}: {whose} is about rows of a table «{table}» that is not watched; did you mean {nearest}?',
    hint: 'Tables are named with --events ./app.db:table, or in the configuration.',
  },
  // output and evidence
  PROOF_WRITE: {
    exitCode: 4,
    message: 'The proof could not be written to {path}: {problem}.',
    hint: 'The evidence is kept beside it. Free some space, and run the check again.',
  },
  EVIDENCE_WRITE: {
    exitCode: 4,
    message: 'The evidence could not be written to {path}: {problem}.',
    hint: 'Is the disk full? Nothing was judged. Free some space, or choose another folder with --out.',
  },
  EVIDENCE_READ: {
    exitCode: 3,
    message: 'Cannot read {path} as evidence: {problem}.',
    hint: 'Name the evidence.db of a run; it lies beside its proof.',
  },
  EVIDENCE_NEWER: {
    exitCode: 3,
    message: '{path} was written by a newer idleproof (layout {version}).',
    hint: 'Update idleproof: npm install idleproof@latest.',
  },
  EVIDENCE_UNFINISHED: {
    exitCode: 3,
    message: '{path} holds a run that never ended.',
    hint: 'It was cut off (killed, power lost); run the check again.',
  },
  VERIFY_UNREADABLE: {
    exitCode: 3,
    message: 'Cannot verify {path}: {problem}.',
    hint: 'Name a proof.json, a proof.intoto.jsonl or an evidence.db.',
  },
  EVIDENCE_NO_WINDOW: {
    exitCode: 3,
    message: 'There is no such window in {path}.',
    hint: 'idleproof window list shows the windows of a store.',
  },
  EVIDENCE_WINDOWS: {
    exitCode: 3,
    message: '{problem} in {path}.',
    hint: 'Name one with --window ID, or --window ID@TIME where there are several of that id. There are: {windows}.',
  },
  EVIDENCE_DROPPED: {
    exitCode: 3,
    message: 'The evidence of this window is not in {path} any more: retention has {state} it.',
    hint: 'Its proof is kept. retention in the configuration says for how long evidence is.',
  },
  REPORT_FOLDER: {
    exitCode: 3,
    message: 'Cannot write into {folder}: {problem}.',
    hint: 'Choose another folder with --out.',
  },
} as const;

/** Every error a user can meet. Codes are never reused; docs/errors.md lists them all, and a test holds the two together. */
export const ERRORS: typeof WATCH_ERRORS & typeof DAEMON_ERRORS & typeof ATTEST_ERRORS = {
  ...WATCH_ERRORS,
  ...DAEMON_ERRORS,
  ...ATTEST_ERRORS,
};

export type ErrorCode = keyof typeof ERRORS;

/** An error with a code, told to the user as message and hint, never as a stack trace. */
export class IdleproofError extends Error {
  readonly code: ErrorCode;
  readonly exitCode: ErrorExitCode;
  readonly hint: string;

  /** `details` fill the `{names}` in the table's message and hint. */
  constructor(code: ErrorCode, details: Record<string, string | number> = {}, cause?: unknown) {
    const entry: ErrorEntry = ERRORS[code];
    super(fill(entry.message, details), cause === undefined ? undefined : { cause });
    this.name = 'IdleproofError';
    this.code = code;
    this.exitCode = entry.exitCode;
    this.hint = fill(entry.hint, details);
  }
}

function fill(template: string, details: Record<string, string | number>): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(details[name] ?? whole));
}

/** docs/errors.md: the whole table, for people who look a code up. */
export function errorsPage(): string {
  const entries = Object.entries(ERRORS).map(
    ([code, { exitCode, message, hint }]) =>
      `## ${code}\n\nExit code ${exitCode}. ${message.replaceAll(/\{(\w+)\}/g, '‹$1›')}\n\n${hint.replaceAll(/\{(\w+)\}/g, '‹$1›')}\n`,
  );
  const intro =
    'Every error starts with its code. What stands in ‹angle brackets› is filled in. Written by `npm run docs` from `src/errors.ts`.';
  return `# Errors\n\n${intro}\n\n${entries.join('\n')}`;
}
