import type { PluginType } from '@ar-registry/schemas';
import type { Presenter } from '../command.ts';
import { quiet, strong, toned } from './text.ts';

interface Outcome {
  readonly folder: string;
  readonly name: string;
  readonly type: PluginType;
  readonly files: readonly string[];
}

export const presentInit: Presenter<Outcome> = {
  text: ({ folder, name, type, files }) => [
    [toned(name, 'name'), `, a ${type}, is in ${folder}:`],
    ...files.map((file) => quiet(`  ${file}`)),
    '',
    strong('Next:'),
    `  cd ${quoted(folder)}`,
    '  npm install && npm run build && npm test',
    '  ar plugin validate',
  ],
  json: (outcome) => outcome,
};

/** As a shell takes it for one word; in double quotes, which all shells know, unless something in it needs single ones. */
function quoted(folder: string): string {
  if (/^[\p{L}\p{N}./_@+:-][\p{L}\p{M}\p{N}./\\_@+:-]*$/u.test(folder) && !folder.startsWith('-')) return folder;
  return /["$`!]|\\\\/.test(folder) ? `'${folder.replaceAll("'", String.raw`'\''`)}'` : `"${folder}"`;
}
