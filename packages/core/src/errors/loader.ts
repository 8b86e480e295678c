import type { ErrorEntries } from './entry.ts';

export interface LoaderFacts {
  CONFIG_FILE_INVALID: { file: string; problem: string };
  AGENT_RELAY_MISSING: { project: string };
  AGENT_RELAY_UNBUILT: { folder: string; reason?: string };
  AGENT_RELAY_UNSUPPORTED: { found: string };
  AGENT_RELAY_UNFIT: { plugin: string; needs: string; found: string };
  LOADER_MISSING: { project: string };
  PLUGIN_ENTRY_INVALID: { entry: string; problem: string };
  PLUGIN_NOT_INSTALLED: { plugin: string };
  PLUGIN_VERSION_MISMATCH: { plugin: string; wanted: string; installed: string };
  PLUGIN_ENTRY_POINT_MISSING: { plugin: string; main: string };
  PLUGIN_IMPORT_FAILED: { plugin: string; reason: string };
  PLUGIN_EXPORT_INVALID: { plugin: string; problem: string };
  PLUGIN_CONFIG_INVALID: { plugin: string; key: string; problem: string };
  PLUGIN_LOAD_FAILED: { plugin: string; reason: string };
  PLUGIN_LOAD_TIMEOUT: { plugin: string; timeoutMs: number };
  PLUGIN_UNCAUGHT: { plugin: string; reason: string };
  PLUGIN_TYPE_UNSUPPORTED: { plugin: string; type: string };
  PLUGIN_TYPE_TAKEN: { plugin: string; type: string; active: string };
  PLUGIN_NOT_LOADED: { plugin: string };
  PLUGIN_CRASHED: { plugin: string; reason: string; restartMs?: number };
  SANDBOX_UNAVAILABLE: { plugin: string; missing: string };
  SANDBOX_FOLDER_UNSAFE: { plugin: string; problem: string };
  SANDBOX_PACKAGE_LINKED: { plugin: string; path: string; folder: string };
  DAEMON_RUNNING: { socketPath: string };
  DAEMON_START_FAILED: { socketPath: string; reason: string };
  SOCKET_PATH_TOO_LONG: { socketPath: string; bytes: number; mostBytes: number };
  CONTROL_UNREACHABLE: { socketPath: string };
  CONTROL_REQUEST_INVALID: { problem: string };
  CONTROL_FAILED: { reason: string };
  CONTROL_REFUSED: { code: string; message: string; remedy: string };
}

const TURN_OFF = 'set `enabled: false` for it in ar-plugins.yaml, or on its entry in ar.config';

export const LOADER_ERRORS: ErrorEntries<LoaderFacts> = {
  CONFIG_FILE_INVALID: {
    exit: 1,
    message: ({ file, problem }) => `${file} cannot be used: ${problem}${problem.endsWith('?') ? '' : '.'}`,
    remedy: () => 'Export an object with `plugins: [...]`; see docs/guides/loader.md.',
  },
  AGENT_RELAY_MISSING: {
    exit: 4,
    message: ({ project }) => `agent-relay is not installed in ${project}.`,
    remedy: () => 'Install it: npm install agent-relay@1.6.0',
  },
  AGENT_RELAY_UNBUILT: {
    exit: 4,
    message: ({ folder, reason }) =>
      reason === undefined
        ? `agent-relay cannot start: its native part was not built in ${folder}.`
        : `agent-relay cannot start: its native part in ${folder} cannot be loaded: ${reason}.`,
    remedy: () => 'Build it: npm rebuild node-pty (npm 12 wants this before: npm approve-scripts node-pty).',
  },
  AGENT_RELAY_UNSUPPORTED: {
    exit: 1,
    message: ({ found }) => `agent-relay ${found} is not supported; plugins load into the daemon of major version 1.`,
    remedy: () => 'Install a supported version: npm install agent-relay@1.6.0',
  },
  AGENT_RELAY_UNFIT: {
    exit: 1,
    message: ({ plugin, needs, found }) => `${plugin} works with agent-relay ${needs}; ${found} runs.`,
    remedy: ({ plugin }) => `Look for a version of it that fits: ar plugin update ${plugin}`,
  },
  LOADER_MISSING: {
    exit: 4,
    message: ({ project }) => `The plugin loader, @ar-registry/loader, is not installed in ${project}.`,
    remedy: () => 'Install it: npm install @ar-registry/loader',
  },
  PLUGIN_ENTRY_INVALID: {
    exit: 1,
    message: ({ entry, problem }) =>
      `The plugin entry ${entry} cannot be used: ${problem}${problem.endsWith('?') ? '' : '.'}`,
    remedy: () => 'Write @scope/name, @scope/name@<range>, ./folder, or { name, config }.',
  },
  PLUGIN_NOT_INSTALLED: {
    exit: 1,
    message: ({ plugin }) => `${plugin} is configured but not installed.`,
    remedy: ({ plugin }) => `Install it: ar plugin install ${plugin}`,
  },
  PLUGIN_VERSION_MISMATCH: {
    exit: 1,
    message: ({ plugin, wanted, installed }) => `${plugin}@${wanted} is configured, but ${installed} is installed.`,
    remedy: ({ plugin, wanted }) => `Install the wanted version: ar plugin install ${plugin}@${wanted}`,
  },
  PLUGIN_ENTRY_POINT_MISSING: {
    exit: 1,
    message: ({ plugin, main }) => `${plugin} has no entry point: ${main} does not exist.`,
    remedy: () => 'Build the plugin, or correct `main` in its ar-plugin.yaml.',
  },
  PLUGIN_IMPORT_FAILED: {
    exit: 1,
    message: ({ plugin, reason }) => `${plugin} could not be imported: ${reason}.`,
    remedy: ({ plugin }) => `Tell the author of ${plugin}, or turn it off: ${TURN_OFF}.`,
  },
  PLUGIN_EXPORT_INVALID: {
    exit: 1,
    message: ({ plugin, problem }) => `${plugin} does not export a plugin: ${problem}.`,
    remedy: ({ plugin }) =>
      `Export an object with the methods of its type as the default export of its main module, or tell the author of ${plugin}.`,
  },
  PLUGIN_CONFIG_INVALID: {
    exit: 1,
    message: ({ plugin, key, problem }) => `The configuration of ${plugin} is not valid: ${key} ${problem}.`,
    remedy: ({ plugin, key }) =>
      key === 'config.schema'
        ? `Tell the author of ${plugin}: its package is at fault. Or turn it off: ${TURN_OFF}.`
        : `Set or correct ${key} with \`ar plugin config set ${plugin} ${key}\`, in ar.config, or in the environment; a secret only in the last two.`,
  },
  PLUGIN_LOAD_FAILED: {
    exit: 1,
    message: ({ plugin, reason }) => `${plugin} failed to start: ${reason}.`,
    remedy: ({ plugin }) =>
      `See its log, ar plugin logs ${plugin}, also for what it was refused; check its configuration and README, or turn it off: ${TURN_OFF}.`,
  },
  PLUGIN_LOAD_TIMEOUT: {
    exit: 1,
    message: ({ plugin, timeoutMs }) => `${plugin} did not finish loading within ${timeoutMs} ms.`,
    remedy: () =>
      `Check what it waits for, give it more time with \`loadTimeoutMs\` on its entry, or turn it off: ${TURN_OFF}.`,
  },
  PLUGIN_UNCAUGHT: {
    exit: 1,
    message: ({ plugin, reason }) =>
      `${plugin} was taken out of service: it failed where nothing caught it: ${reason}.`,
    remedy: ({ plugin }) =>
      `See the end of its log, ar plugin logs ${plugin}, and tell its author; ar plugin reload ${plugin} loads it again.`,
  },
  PLUGIN_TYPE_UNSUPPORTED: {
    exit: 1,
    message: ({ plugin, type }) => `${plugin} is of type ${type}, which this loader does not bind to the daemon.`,
    remedy: () => 'Update @ar-registry/loader.',
  },
  PLUGIN_TYPE_TAKEN: {
    exit: 1,
    message: ({ plugin, type, active }) =>
      `${plugin} cannot be active beside ${active}: of type ${type} there is one at a time.`,
    remedy: ({ plugin, active }) => `Turn off one of them: ar plugin disable ${active}, or ${plugin}`,
  },
  PLUGIN_NOT_LOADED: {
    exit: 1,
    message: ({ plugin }) => `${plugin} is not loaded.`,
    remedy: () => 'Give the name of a plugin that is: they are listed when the daemon starts.',
  },
  PLUGIN_CRASHED: {
    exit: 1,
    message: ({ plugin, reason, restartMs }) =>
      restartMs === undefined
        ? `${plugin} crashed too often: ${reason}.`
        : `${plugin} crashed: ${reason}. It is started again in ${restartMs} ms.`,
    remedy: ({ plugin }) => `See the end of its log, ar plugin logs ${plugin}, and tell its author.`,
  },
  SANDBOX_UNAVAILABLE: {
    exit: 3,
    message: ({ plugin, missing }) => `${plugin} may only run in a sandbox, and here this is missing: ${missing}.`,
    remedy: () => 'Name a Node.js 26 as `sandbox.node` in ar.config; docs/sandbox.md says what each wall needs.',
  },
  SANDBOX_FOLDER_UNSAFE: {
    exit: 3,
    message: ({ plugin, problem }) => `${plugin} is not started: ${problem}, which could lead out of its folders.`,
    remedy: () => 'Find out where it comes from, and remove it.',
  },
  SANDBOX_PACKAGE_LINKED: {
    exit: 3,
    message: ({ plugin, path }) =>
      `${plugin} is not started: its package holds the link ${path}, which could be copied to where it leads elsewhere.`,
    remedy: ({ folder }) =>
      `Remove the link (npm install --no-bin-links makes none to programs), or install the archive of: ar plugin pack ${folder}`,
  },
  DAEMON_RUNNING: {
    exit: 1,
    message: ({ socketPath }) => `A daemon is already running on ${socketPath}.`,
    remedy: () => 'Stop it first: npx agent-relay down',
  },
  DAEMON_START_FAILED: {
    exit: 4,
    message: ({ socketPath, reason }) => `The daemon could not be started on ${socketPath}: ${reason}.`,
    remedy: () => 'Mend what the message names, then start it again.',
  },
  CONTROL_UNREACHABLE: {
    exit: 1,
    message: ({ socketPath }) => `No daemon with plugins answers on ${socketPath}.`,
    remedy: () => 'Start it: ar up',
  },
  CONTROL_REQUEST_INVALID: {
    exit: 2,
    message: ({ problem }) => `The control socket does not understand the request: ${problem}.`,
    remedy: () => 'Send one line of JSON as control-request.schema.json describes it.',
  },
  CONTROL_FAILED: {
    exit: 4,
    message: ({ reason }) => `The control socket failed: ${reason}.`,
    remedy: () => 'Look into plugins/logs/loader.log in the data folder of the project, then try again.',
  },
  CONTROL_REFUSED: {
    exit: 1,
    message: ({ code, message }) => `${code}: ${message}`,
    remedy: ({ remedy }) => remedy,
  },
  SOCKET_PATH_TOO_LONG: {
    exit: 4,
    message: ({ socketPath, bytes, mostBytes }) =>
      `The socket path ${socketPath} has ${bytes} bytes; the system allows ${mostBytes}.`,
    remedy: () => 'Set AGENT_RELAY_DATA_DIR to a shorter folder.',
  },
};
