import type { PackedArchive } from '@ar-registry/io/archive';
import type { NormalizedManifest } from '@ar-registry/schemas';
import type { Presenter } from '../command.ts';
import { sizeText } from './size.ts';
import { fields, table } from './table.ts';
import { quiet, toned } from './text.ts';

interface Outcome {
  readonly manifest: NormalizedManifest;
  readonly archive: PackedArchive;
  readonly file: string;
}

export const presentPack: Presenter<Outcome> = {
  text: ({ manifest, archive, file }, width) => [
    [toned(manifest.name, 'name'), `@${manifest.version}`],
    ...table(
      archive.files.map(({ path, size }) => [`  ${path}`, quiet(sizeText(size))]),
      width,
    ),
    ...fields([
      ['Archive', file],
      ['Size', `${sizeText(archive.size)} packed, ${sizeText(archive.unpackedSize)} in ${archive.fileCount} files`],
      ['Integrity', archive.integrity],
    ]),
  ],
  json: ({ manifest: { name, version }, archive: { bytes: _bytes, ...described }, file }) => ({
    name,
    version,
    file,
    ...described,
  }),
};
