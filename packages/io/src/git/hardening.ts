/**
 * What every git process of ours is started with.
 *
 * A repository's own configuration, hooks and replacement refs, and what a remote or a pull request says, are not
 * trusted. The configuration of the user (credentials, proxies, `safe.directory`) is: it comes from the same person.
 */

/** Overrides what a repository's configuration could start or fetch. Given as `-c`, which wins over every file. */
export const HARDENED_CONFIG: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.pager=cat',
  'core.useReplaceRefs=false',
  'protocol.ext.allow=never',
  'transfer.fsckObjects=true',
  'submodule.recurse=false',
  'push.recurseSubmodules=no',
  'push.gpgSign=false',
  // Maintenance would go on in the background, in a folder that its owner may be deleting.
  'gc.auto=0',
  'maintenance.auto=false',
];

/** No transport at all, for questions about a repository: a promised object of a stranger's clone is not fetched. */
export const LOCAL_CONFIG: readonly string[] = [
  'protocol.allow=never',
  ...['file', 'git', 'http', 'https', 'ssh'].map((name) => `protocol.${name}.allow=never`),
];

const TRANSPORTS = 'file:git:http:https:ssh';

/** Which repository to use is said by arguments alone, also where we are started by a hook that sets these. */
const INHERITED = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_COMMON_DIR',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
  'GIT_SHALLOW_FILE',
  'GIT_GRAFT_FILE',
  'GIT_REPLACE_REF_BASE',
  'GIT_EXTERNAL_DIFF',
];

/** Changes to the environment of a git process; `undefined` removes a variable. */
export function hardenedEnv(network: boolean): Readonly<Record<string, string | undefined>> {
  return {
    ...Object.fromEntries(INHERITED.map((name) => [name, undefined])),
    // Reasons in English, and never a question that nobody is there to answer.
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_ALLOW_PROTOCOL: network ? TRANSPORTS : 'none',
  };
}

/** The `-c` arguments that every git process starts with. */
export function hardened(): readonly string[] {
  return HARDENED_CONFIG.flatMap((setting) => ['-c', setting]);
}
