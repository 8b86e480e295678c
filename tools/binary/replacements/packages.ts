/** The versions of what the standalone binary checks with, as it was made with them. */
import core from '@secretlint/core/package.json' with { type: 'json' };
import rules from '@secretlint/secretlint-rule-preset-recommend/package.json' with { type: 'json' };
import type { PackageJson } from '../../../packages/checks/src/report/packages.ts';
import own from '../../../packages/checks/package.json' with { type: 'json' };

export const readOwnPackage = (): PackageJson => own;

export const readPackage = (name: string): PackageJson => (name === core.name ? core : rules);
