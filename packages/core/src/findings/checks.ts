import type { FindingEntries } from './entry.ts';

/** What the checks of a package find besides its rules and its scan: in its npm dependencies, and in its texts. */
export interface CheckFacts {
  /** `fixed`: the lowest version above it that is not affected by this vulnerability, if the record names one. */
  DEPENDENCY_VULNERABLE: { dependency: string; version: string; id: string; summary: string; fixed?: string };
  DEPENDENCY_MALICIOUS: { dependency: string; version: string; id: string; summary: string };
  DEPENDENCY_DISGUISED: { dependency: string; version: string; fetched: string };
  DEPENDENCY_INSTALL_SCRIPT: { dependency: string; version: string };
  /** The first of them, and how many more there are. */
  DEPENDENCY_COMPILED: { dependency: string; version: string; others: number };
  /** `capabilities` in words, at least one. */
  DEPENDENCY_CAPABILITY: { dependency: string; version: string; capabilities: readonly string[] };
  /** `rule` and `kind` are of the rule set; nothing of the secret itself is here. */
  SECRET_FOUND: { kind: string; rule: string };
}

export const CHECK_FINDINGS: FindingEntries<CheckFacts> = {
  DEPENDENCY_VULNERABLE: {
    severity: 'error',
    message: ({ dependency, version, id, summary }) =>
      `${dependency} ${version} is vulnerable (${id})${summary === '' ? '' : `: ${summary}`}.`,
    remedy: ({ dependency, fixed }) =>
      fixed === undefined
        ? `Do without ${dependency}, or replace it: no version without this vulnerability is known.`
        : `Use ${dependency} ${fixed} or later: allow it under \`dependencies\`, delete ar-deps.lock.json and pack again.`,
  },
  DEPENDENCY_MALICIOUS: {
    severity: 'error',
    message: ({ dependency, version, id, summary }) =>
      `${dependency} ${version} is known to be malicious (${id})${summary === '' ? '' : `: ${summary}`}.`,
    remedy: ({ dependency }) =>
      `Remove ${dependency}, and treat every machine on which it was installed as compromised.`,
  },
  DEPENDENCY_DISGUISED: {
    severity: 'error',
    message: ({ dependency, version, fetched }) =>
      `ar-deps.lock.json says ${dependency} ${version}, but its address is that of ${fetched}.`,
    remedy: () => 'Delete ar-deps.lock.json and pack again, so that npm writes it.',
  },
  DEPENDENCY_INSTALL_SCRIPT: {
    severity: 'warning',
    message: ({ dependency, version }) =>
      `${dependency} ${version} has a script for its installation, and none is run where a plugin is installed.`,
    remedy: () =>
      'Try the plugin as users get it (`ar plugin pack`, then `ar plugin install` with the archive); replace the package if it lacks what its script makes.',
  },
  DEPENDENCY_COMPILED: {
    severity: 'warning',
    message: ({ dependency, version, others }) =>
      `${dependency} ${version} ${others === 0 ? 'is' : `and ${others} more are`} compiled for one kind of machine, and the sandbox lets a plugin use no compiled code that it does not declare.`,
    remedy: () =>
      'Declare `permissions.nativeAddons`, or the programs under `permissions.childProcess`, or replace the package that brings them.',
  },
  DEPENDENCY_CAPABILITY: {
    severity: 'warning',
    message: ({ dependency, version, capabilities }) =>
      `The code of ${dependency} ${version} can ${capabilities.join(', ')}, which the plugin does not declare.`,
    remedy: () =>
      'Declare it under `permissions` if the plugin needs it; else a reviewer looks at the package, and the sandbox refuses it.',
  },
  SECRET_FOUND: {
    severity: 'error',
    message: ({ kind, rule }) => `This looks like a secret: ${kind} (${rule}).`,
    remedy: () =>
      'Revoke it where it was issued, for whoever has the file has it; then read it from the configuration instead.',
  },
};
