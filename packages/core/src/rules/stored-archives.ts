import { archiveStorePath, showPath } from '../archive/index.ts';
import { finding } from '../findings/index.ts';
import type { ChangeRule } from './rule.ts';

/**
 * Stored archives are added with the version that they are of, under the name of their content, and never touched
 * again. That the content fits the name is checked where the archive is read.
 */
export const checkStoredArchives: ChangeRule = ({ records, added, storePath }) => {
  const folder = (storePath ?? '').replace(/^\.\/|\/$/g, '');
  const expected = new Set(added.map(({ record }) => `${folder}/${archiveStorePath(record.dist.integrity)}`));
  return records
    .filter(({ place }) => place.kind === 'store')
    .flatMap(({ path, kind }) => {
      const facts = { path: showPath(path) };
      if (kind !== 'added') return [finding('ARCHIVE_CHANGED', { file: path }, facts)];
      return expected.has(path) ? [] : [finding('ARCHIVE_UNREFERENCED', { file: path }, facts)];
    });
};
