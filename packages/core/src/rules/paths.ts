import { showPath } from '../archive/index.ts';
import { finding } from '../findings/index.ts';
import type { ChangeRule } from './rule.ts';

/** A change touches records and archives. Statistics are written by a job of the registry, all else by its operators. */
export const checkPaths: ChangeRule = ({ records }) =>
  records
    .filter(({ place }) => place.kind === 'other' || place.kind === 'downloads')
    .map(({ path }) => finding('PATH_NOT_ALLOWED', { file: path }, { path: showPath(path) }));
