import { finding } from '../findings/index.ts';
import type { ChangeRule } from './rule.ts';

/** The file of a published version is written once: what clients have locked never changes under them. */
export const checkImmutability: ChangeRule = ({ records }) =>
  records.flatMap(({ path, kind, place }) => {
    if (place.kind !== 'version' || kind === 'added') return [];
    const code = kind === 'deleted' ? 'VERSION_FILE_DELETED' : 'VERSION_FILE_CHANGED';
    return [finding(code, { file: path }, { version: `${place.name}@${place.version}` })];
  });
