/** Errors of rules, configurations and options. */
export const RULE_ERRORS = {
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
    hint: 'Is the path right? It is given with --config; of a phase gate it is the argument of idleproof run.',
  },
  CONFIG_INVALID: {
    exitCode: 3,
    message: '{problems}.',
    hint: 'The configuration was not used. README.md shows one, and docs/gates.md a gates.yaml.',
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
  SOURCE_FOLDER: {
    exitCode: 3,
    message: '{path} cannot be watched: there is no folder {folder}, though its app runs.',
    hint: 'Is it mistyped? A database or log that is not there yet may be named, in a folder that is: --events ./data/app.db, --logs ./data/app.log, or events and logs of a target in the configuration.',
  },
  ARGUMENT_UNEXPECTED: {
    exitCode: 3,
    message: '«{argument}» is neither an option nor a command.',
    hint: 'A running app is found by a selector, as in --name {argument}{orCommand}.',
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
  RULE_EXCEPTION_TOO_BROAD: {
    exitCode: 3,
    message:
      '{file}: {whose}: the exception excuses everything that is looked for in what is watched ({targets}), so that nothing could ever fail{why}.',
    hint: 'Narrow it, or give it a maxCount.',
  },
  RULE_TABLE_UNKNOWN: {
    exitCode: 3,
    message:
      '{file}: {whose} is about rows of a table «{table}» that is not watched; did you mean {nearest}?',
    hint: 'Tables are named with --events ./app.db:table, or in the configuration.',
  },
  RULE_LOG_UNKNOWN: {
    exitCode: 3,
    message: '{file}: {whose} is about lines of a log «{log}» that is not watched; did you mean {nearest}?',
    hint: 'Logs are named with --logs ./app.log, or in the configuration; rules call them by their whole path, or a part of it with source|endswith.',
  },
  RULE_PATH_UNWATCHED: {
    exitCode: 3,
    message:
      '{file}: {whose} is about files at «{path}», which lies in no watched folder; what is watched is {folders}.',
    hint: 'Files are called by their real paths: links on the way to a watched folder are resolved. A part of a path, with path|contains or path|endswith, goes with every link.',
  },
  RULE_METRIC_UNKNOWN: {
    exitCode: 3,
    message: '{file}: {whose} is about {metric}, which the configuration does not derive{nearest}.',
    hint: 'Derived metrics are given under derived: in the configuration, which --config names.',
  },
} as const;
