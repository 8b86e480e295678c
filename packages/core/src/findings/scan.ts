import type { FindingEntries } from './entry.ts';

/** What the static scan finds in the JavaScript of a plugin. `what` is code as it stands there, shortened. */
export interface ScanFacts {
  CODE_GENERATED: { what: string };
  MODULE_UNDETERMINED: Record<string, never>;
  MODULE_SYSTEM_CHANGED: { what: string };
  GLOBALS_UNDETERMINED: { what: string };
  PROCESS_STARTED: { command: string };
  PROCESS_UNDETERMINED: Record<string, never>;
  PROCESS_CONTROLLED: { what: string };
  PROCESS_ENDED: { what: string };
  WORKER_STARTED: { what: string };
  NATIVE_CODE: { what: string };
  FILE_WRITTEN: { path: string };
  FILE_WRITE_UNDETERMINED: Record<string, never>;
  FILE_READ: { path: string };
  FILE_READ_UNDETERMINED: Record<string, never>;
  FILE_NAME_UNDETERMINED: Record<string, never>;
  HOST_CONTACTED: { host: string };
  HOST_UNDETERMINED: Record<string, never>;
  ADDRESS_LISTENED: { address: string };
  LISTENING_UNDETERMINED: Record<string, never>;
  ENV_READ: { name: string };
  ENV_UNDETERMINED: Record<string, never>;
  TEXT_HIDDEN: { characters: string };
  NAMES_OBFUSCATED: Record<string, never>;
  SOURCE_MINIFIED: Record<string, never>;
  DATA_ENCODED: { length: number };
  SOURCE_UNPARSABLE: Record<string, never>;
  SOURCE_TOO_COMPLEX: Record<string, never>;
  SOURCE_TOO_LARGE: { sizeBytes: number; limitBytes: number };
  INSTALL_SCRIPT: { script: string };
  BUILTIN_CHANGED: { what: string };
  PERMISSION_NOT_CHECKED: { permission: string };
  PERMISSION_UNUSED: { permission: string };
}

const declare = (permission: string) => `Declare it under \`${permission}\` in ar-plugin.yaml, or do without it.`;

export const SCAN_FINDINGS: FindingEntries<ScanFacts> = {
  CODE_GENERATED: {
    severity: 'error',
    message: ({ what }) => `${what} makes code out of text at run time.`,
    remedy: () => 'Write the code out, or declare `permissions.codeGeneration`.',
  },
  MODULE_UNDETERMINED: {
    severity: 'error',
    message: () => 'Which module is loaded here cannot be told from the code.',
    remedy: () => 'Name the module in a plain text, or choose among plain ones.',
  },
  MODULE_SYSTEM_CHANGED: {
    severity: 'error',
    message: ({ what }) => `${what} reaches into the way modules are loaded.`,
    remedy: () => 'Load modules by import or require alone.',
  },
  GLOBALS_UNDETERMINED: {
    severity: 'error',
    message: ({ what }) => `What is taken from ${what} here cannot be told from the code.`,
    remedy: () => 'Name what you use of it, and hand on only that.',
  },
  PROCESS_STARTED: {
    severity: 'error',
    message: ({ command }) => `The program ${command} is started, which the manifest does not declare.`,
    remedy: () => declare('permissions.childProcess'),
  },
  PROCESS_UNDETERMINED: {
    severity: 'error',
    message: () => 'Programs can be started here, and which ones cannot be told from the code.',
    remedy: () => 'Start programs by plain names, and declare them under `permissions.childProcess`.',
  },
  PROCESS_CONTROLLED: {
    severity: 'error',
    message: ({ what }) => `${what} acts on the process of the daemon, or on others.`,
    remedy: () => 'Leave processes to the daemon.',
  },
  PROCESS_ENDED: {
    severity: 'warning',
    message: ({ what }) => `${what} ends the process that the plugin runs in.`,
    remedy: () => 'Throw an error, or report it by health().',
  },
  WORKER_STARTED: {
    severity: 'error',
    message: ({ what }) => `${what} starts threads, which the manifest does not declare.`,
    remedy: () => declare('permissions.workers'),
  },
  NATIVE_CODE: {
    severity: 'error',
    message: ({ what }) => `${what} is compiled code, or loads some.`,
    remedy: () => declare('permissions.nativeAddons'),
  },
  FILE_WRITTEN: {
    severity: 'error',
    message: ({ path }) => `${path} is written, which is not in the plugin’s data directory.`,
    remedy: () => 'Write below `context.dataDir`, or declare the path under `permissions.filesystem.write`.',
  },
  FILE_WRITE_UNDETERMINED: {
    severity: 'error',
    message: () => 'That this path is in the plugin’s data directory cannot be told from the code.',
    remedy: () => 'Join the path from `context.dataDir` where it is used.',
  },
  FILE_READ: {
    severity: 'error',
    message: ({ path }) => `${path} is read, which is neither in the package nor in the plugin’s data directory.`,
    remedy: () => declare('permissions.filesystem.read'),
  },
  FILE_READ_UNDETERMINED: {
    severity: 'warning',
    message: () => 'Which file is read here cannot be told from the code.',
    remedy: () => 'Join the path from `context.dataDir` or from the package’s own folder where it is used.',
  },
  FILE_NAME_UNDETERMINED: {
    severity: 'warning',
    message: () => 'This path begins in the data directory; a name with `..` in it would lead out again.',
    remedy: () => 'Pass the name through `path.basename`, or replace what it must not hold.',
  },
  HOST_CONTACTED: {
    severity: 'error',
    message: ({ host }) => `${host} is contacted, which the manifest does not declare.`,
    remedy: () => declare('permissions.network'),
  },
  HOST_UNDETERMINED: {
    severity: 'error',
    message: () => 'Which host is contacted here cannot be told from the code.',
    remedy: () =>
      'Declare the host, or the configuration value that holds it as `${KEY}`, under `permissions.network`.',
  },
  ADDRESS_LISTENED: {
    severity: 'error',
    message: ({ address }) => `${address} is listened on, which the manifest does not declare.`,
    remedy: () => declare('permissions.listen'),
  },
  LISTENING_UNDETERMINED: {
    severity: 'error',
    message: () => 'A server is made here, and where it listens cannot be told from the code.',
    remedy: () =>
      'Declare the address, or the configuration value that holds its port as `${KEY}`, under `permissions.listen`.',
  },
  ENV_READ: {
    severity: 'error',
    message: ({ name }) => `The environment variable ${name} is used, which the manifest does not declare.`,
    remedy: () => 'List it under `config`, or under `permissions.env`.',
  },
  ENV_UNDETERMINED: {
    severity: 'error',
    message: () => 'The environment is taken as a whole, or by a name that cannot be told from the code.',
    remedy: () => 'Read variables by plain names, or take them from `context.config`.',
  },
  TEXT_HIDDEN: {
    severity: 'error',
    message: ({ characters }) => `The text holds characters that nobody sees: ${characters}.`,
    remedy: () => 'Remove them, or write them as escapes such as \\u200b.',
  },
  NAMES_OBFUSCATED: {
    severity: 'error',
    message: () => 'The code was made unreadable on purpose.',
    remedy: () => 'Ship the code as the compiler or bundler wrote it.',
  },
  SOURCE_MINIFIED: {
    severity: 'warning',
    message: () => 'The code is minified: people cannot review it.',
    remedy: () => 'Ship the code without minifying it; nobody downloads a plugin twice.',
  },
  DATA_ENCODED: {
    severity: 'warning',
    message: ({ length }) => `A text of ${length} characters is encoded, so that nobody can read what it is.`,
    remedy: () => 'Ship it as a file of its own, in a form that people can read.',
  },
  SOURCE_UNPARSABLE: {
    severity: 'error',
    message: () => 'Node.js could not read this file as JavaScript, so it cannot be looked at.',
    remedy: () => 'Ship JavaScript that Node.js reads, or leave the file out.',
  },
  SOURCE_TOO_COMPLEX: {
    severity: 'error',
    message: () => 'The code is nested too deeply, or too intricate, to be followed.',
    remedy: () => 'Split what is nested, or ship the code as it was written.',
  },
  SOURCE_TOO_LARGE: {
    severity: 'error',
    message: ({ sizeBytes, limitBytes }) => `The file has ${sizeBytes} bytes; at most ${limitBytes} are looked at.`,
    remedy: () => 'Split the file, or leave out what is not needed.',
  },
  INSTALL_SCRIPT: {
    severity: 'error',
    message: ({ script }) => `${script} would run when the package is installed by npm.`,
    remedy: () => 'Leave it out: build before publishing, and prepare at the first load.',
  },
  BUILTIN_CHANGED: {
    severity: 'error',
    message: ({ what }) => `${what} is changed for the whole process, the daemon and other plugins included.`,
    remedy: () => 'Wrap it in functions of your own instead.',
  },
  PERMISSION_NOT_CHECKED: {
    severity: 'warning',
    message: ({ permission }) => `This needs ${permission}, which is declared; what exactly it uses cannot be told.`,
    remedy: () => 'Name it in a plain text, if it is always the same.',
  },
  PERMISSION_UNUSED: {
    severity: 'warning',
    message: ({ permission }) => `${permission} is declared, but nothing in the code was found to need it.`,
    remedy: () => 'Declare only what is used.',
  },
};
