import type { FindingEntries } from './entry.ts';

/** What the checks of a package find besides its rules and its scan: in its npm dependencies, and in its texts. */
export interface CheckFacts {
  /** `fixed`: the lowest version above it that is not affected by this vulnerability, if the record names one. */
  DEPENDENCY_VULNERABLE: { dependency: string; version: string; id: string; summary: string; fixed?: string };
  DEPENDENCY_MALICIOUS: { dependency: string; version: string; id: string; summary: string };
  DEPENDENCY_DISGUISED: { dependency: string; version: string; fetched: string };
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
