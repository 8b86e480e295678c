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
    `  cd ${folder}`,
    '  npm install && npm run build && npm test',
    '  ar plugin validate',
  ],
  json: (outcome) => outcome,
};
