import { finding } from '../findings/index.ts';
import { MANIFEST_FILE } from '../layout/index.ts';
import type { PackageRule } from './package-view.ts';

/** Most licences ask that their text goes with every copy. */
export const checkLicenseFile: PackageRule = ({ files, nameOf }) =>
  [...files.keys()].some((path) => /^(?:licen[cs]e|copying|unlicense)(?:[-._][^/]*)?$/i.test(path))
    ? []
    : [finding('LICENSE_FILE_MISSING', { file: nameOf(MANIFEST_FILE) }, {})];
