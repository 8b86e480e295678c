import type { FindingEntries } from './entry.ts';

/** Findings that concern what stands around the manifest in an author's folder. */
export interface PackageFacts {
  FILES_ENTRY_UNUSED: { entry: string };
  SCOPE_RESTRICTED: { scope: string };
  DEPENDENCY_NOT_DECLARED: { dependency: string };
  PACKAGE_JSON_DIFFERS: { key: string; manifest: string; packageJson: string };
}

export const PACKAGE_FINDINGS: FindingEntries<PackageFacts> = {
  FILES_ENTRY_UNUSED: {
    severity: 'warning',
    message: ({ entry }) => `${entry} in \`files\` brings nothing into the package.`,
    remedy: () => 'Correct or remove it; it must be a file or folder of the plugin, and no link.',
  },
  SCOPE_RESTRICTED: {
    severity: 'warning',
    message: ({ scope }) =>
      `The scope @${scope} is reserved, or looks like one that is: registries take it from its owners only.`,
    remedy: () => 'Publish under a scope of your own, unless this one is yours.',
  },
  DEPENDENCY_NOT_DECLARED: {
    severity: 'warning',
    message: ({ dependency }) =>
      `package.json depends on ${dependency}, but ar-plugin.yaml does not: it will not be installed with the plugin.`,
    remedy: ({ dependency }) => `Add ${dependency} to \`dependencies\` in ar-plugin.yaml, or bundle it into the build.`,
  },
  PACKAGE_JSON_DIFFERS: {
    severity: 'warning',
    message: ({ key, manifest, packageJson }) =>
      `${key} is ${packageJson} in package.json, but ${manifest} in ar-plugin.yaml, which is what counts.`,
    remedy: () => 'Write the same in both, so that you test what is published.',
  },
};
