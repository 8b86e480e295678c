import { MANIFEST_FILE } from '../layout/index.ts';
import { finding } from '../findings/index.ts';
import type { PackageRule } from './package-view.ts';

/** The README is a plugin's page in the registry. */
export const checkReadme: PackageRule = ({ files, nameOf }) =>
  [...files.keys()].some((path) => /^readme\.md$/i.test(path))
    ? []
    : [finding('README_MISSING', { file: nameOf(MANIFEST_FILE) }, {})];
