import type { FindingEntries } from './entry.ts';

/** Findings in a manifest and in the package around it. */
export interface ManifestFacts {
  NAME_INVALID: { name: string; problem: string };
  VERSION_INVALID: { version: string };
  LICENSE_INVALID: { license: string };
  SCOPE_RESERVED: { scope: string };
  SET_BY_REGISTRY: { key: string };
  DEPENDENCY_RANGE_INVALID: { dependency: string; range: string };
  CONFIG_KEY_TWICE: { key: string };
  PERMISSION_KEY_UNKNOWN: { permission: string; key: string };
  CATEGORY_UNKNOWN: { category: string; suggestion?: string };
  FILE_MISSING: { file: string; role: string };
  NOT_BUILT: { file: string; role: string };
  README_MISSING: Record<string, never>;
  LICENSE_FILE_MISSING: Record<string, never>;
  PACKAGE_REFUSED: { problem: string };
  CONFIG_SCHEMA_INVALID: { file: string; problem: string };
}

export const MANIFEST_FINDINGS: FindingEntries<ManifestFacts> = {
  NAME_INVALID: {
    severity: 'error',
    message: ({ name, problem }) => `${name} is not a plugin name: ${problem}.`,
    remedy: () => 'Write @scope/name with a-z, 0-9 and hyphens, each part at most 63 characters.',
  },
  VERSION_INVALID: {
    severity: 'error',
    message: ({ version }) => `${version} is not a version.`,
    remedy: () => 'Write strict SemVer without build metadata, for example 1.0.0 or 2.1.0-beta.1.',
  },
  LICENSE_INVALID: {
    severity: 'error',
    message: ({ license }) => `${license} is not an SPDX licence expression.`,
    remedy: () => 'Write an identifier of spdx.org/licenses, for example MIT, Apache-2.0 or (MIT OR Apache-2.0).',
  },
  SCOPE_RESERVED: {
    severity: 'error',
    message: ({ scope }) => `The scope @${scope} is reserved for the Agent Relay team, or looks like one that is.`,
    remedy: () => 'Publish under a scope of your own.',
  },
  SET_BY_REGISTRY: {
    severity: 'error',
    message: ({ key }) => `${key} is set by the registry, not by the author.`,
    remedy: ({ key }) => `Remove ${key}, or set it to false.`,
  },
  DEPENDENCY_RANGE_INVALID: {
    severity: 'error',
    message: ({ dependency, range }) => `The dependency ${dependency} has no version range: ${range}.`,
    remedy: () => 'Give an npm range such as ^1.2.0; git, file and http dependencies are not installed.',
  },
  CONFIG_KEY_TWICE: {
    severity: 'error',
    message: ({ key }) => `The configuration value ${key} is both required and optional.`,
    remedy: () => 'List it once.',
  },
  PERMISSION_KEY_UNKNOWN: {
    severity: 'error',
    message: ({ permission, key }) => `${permission} names \${${key}}, which is no configuration value of this plugin.`,
    remedy: ({ key }) => `Add ${key} to config.required or config.optional.`,
  },
  CATEGORY_UNKNOWN: {
    severity: 'warning',
    message: ({ category }) => `The registry has no category ${category}.`,
    remedy: ({ suggestion }) =>
      suggestion === undefined
        ? 'Choose one of the registry’s categories, or ask for a new one.'
        : `Did you mean ${suggestion}?`,
  },
  FILE_MISSING: {
    severity: 'error',
    message: ({ file, role }) => `${file}, ${role}, is not in the package.`,
    remedy: ({ file }) => `Build the plugin, make sure that \`files\` includes ${file}, or correct the path.`,
  },
  NOT_BUILT: {
    severity: 'warning',
    message: ({ file, role }) => `${file}, ${role}, is not built yet.`,
    remedy: () => 'Build the plugin before you pack or publish it: npm install && npm run build',
  },
  README_MISSING: {
    severity: 'error',
    message: () => 'The package has no README.md.',
    remedy: () => 'Add a README.md that says what the plugin does, how to configure it and which permissions it needs.',
  },
  LICENSE_FILE_MISSING: {
    severity: 'error',
    message: () => 'The package has no licence file.',
    remedy: () => 'Add the licence text as LICENSE.',
  },
  PACKAGE_REFUSED: {
    severity: 'error',
    message: ({ problem }) => `The package cannot be packed: ${problem}`,
    remedy: () => 'Remove what is named, or leave it out by `files` in ar-plugin.yaml.',
  },
  CONFIG_SCHEMA_INVALID: {
    severity: 'error',
    message: ({ file, problem }) => `${file} is not a JSON Schema: ${problem}.`,
    remedy: () => 'Write a JSON Schema (2020-12) of type object, with the configuration values as properties.',
  },
};
