/** Errors of what is watched. */
export const TARGET_ERRORS = {
  PLATFORM_UNSUPPORTED: {
    exitCode: 4,
    message: 'Watching is not supported on {platform} yet.',
    hint: 'Run it on Linux; see docs/platforms.md.',
  },
  NO_TARGET: {
    exitCode: 3,
    message: 'No target was named.',
    hint: 'Name one: {how}.',
  },
  PID_NOT_FOUND: {
    exitCode: 3,
    message: 'There is no process {pid}.',
    hint: 'ps -e lists the running processes.',
  },
  PID_IS_THREAD: {
    exitCode: 3,
    message: '{tid} is a thread of process {pid} ({name}), and no process of its own.',
    hint: 'Processes are watched with all their threads: name the process.',
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
} as const;
