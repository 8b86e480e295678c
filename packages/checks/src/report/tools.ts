/** What a report was made with: versions of the tools, and one hash of all rules. */
import { createHash } from 'node:crypto';
import { FINDINGS } from '@ar-registry/core/findings';
import type { Report } from '@ar-registry/schemas';
import { readOwnPackage, readPackage } from './packages.ts';

const SECRET_TOOLS = ['@secretlint/core', '@secretlint/secretlint-rule-preset-recommend'] as const;

/** Tool → version. */
export function toolVersions(): Report['tools'] {
  const own = readOwnPackage();
  return {
    [own.name]: own.version,
    // It is released with this package, whose dependency says which one it is.
    '@ar-registry/scan': own.dependencies?.['@ar-registry/scan'] ?? own.version,
    ...Object.fromEntries(SECRET_TOOLS.map((name) => [name, readPackage(name).version])),
  };
}

/** The same rules give the same hash: every finding with its severity, and the versions of the rule sets. */
export function ruleSetOf(tools: Report['tools']): string {
  const rules = Object.entries(FINDINGS).map(([code, { severity }]) => `${code} ${severity}`);
  const versions = Object.entries(tools).map(([tool, version]) => `${tool} ${version}`);
  const text = [...rules.toSorted(), ...versions.toSorted()].join('\n');
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
