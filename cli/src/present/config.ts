import { describeType, printed, type ConfigKey } from '@ar-registry/core/plugin-config';
import type { Presenter } from '../command.ts';
import type { ConfigOutcome } from '../config/change-config.ts';
import type { SourcedKey } from '../config/sources.ts';
import { table } from './table.ts';
import { type Line, quiet, type Span, toned } from './text.ts';

/** Of `config`, `config set` and `config unset`. */
export const presentConfigChange: Presenter<ConfigOutcome> = {
  text: ({ plugin, changed, toSet }) => [
    ...(changed.length === 0
      ? ['Nothing was changed.']
      : [[toned(plugin, 'name'), `: ${changed.join(', ')} changed in ar-plugins.yaml.`] as const]),
    ...toSet.map(({ key, variable }): Line => ['Still to set, as a secret: ', toned(variable ?? key, 'warning')]),
  ],
  json: ({ plugin, changed, toSet }) => ({ plugin, changed, toSet: toSet.map(keyJson) }),
};

interface Listed {
  readonly plugin: string;
  readonly keys: readonly SourcedKey[];
}

export const presentConfigList: Presenter<Listed> = {
  text: ({ plugin, keys }, width) => {
    if (keys.length === 0) return [`${plugin} has nothing to configure.`];
    const heads = ['KEY', 'VALUE', 'FROM', 'MAY BE', 'DESCRIPTION'].map(quiet);
    return table([heads, ...keys.map(cells)], width);
  },
  json: ({ plugin, keys }) => ({
    plugin,
    keys: keys.map(({ key, source, value }) => ({
      ...keyJson(key),
      required: key.required,
      secret: key.secret,
      source,
      ...(value === undefined ? {} : { value }),
      type: describeType(key),
      ...(typeof key.schema['description'] === 'string' ? { description: key.schema['description'] } : {}),
    })),
  }),
};

interface Got {
  readonly plugin: string;
  readonly key: string;
  readonly value: unknown;
  readonly masked: unknown;
  readonly source: string;
}

export const presentConfigGet: Presenter<Got> = {
  text: ({ masked }) => [printed(masked)],
  json: ({ plugin, key, value, source }) => ({ plugin, key, value, source }),
};

function cells({ key, source, value }: SourcedKey): readonly (string | Span)[] {
  const { description } = key.schema;
  return [
    toned(key.key, 'name'),
    key.secret ? quiet('secret') : value === undefined ? '' : printed(value),
    sourceText(source, key),
    describeType(key),
    typeof description === 'string' ? description : '',
  ];
}

function sourceText(source: SourcedKey['source'], key: ConfigKey): string | Span {
  const name = key.variable ?? key.key;
  switch (source) {
    case 'project':
      return 'ar-plugins.yaml';
    case 'environment':
      return `environment (${name})`;
    case 'dotenv':
      return `.env (${name})`;
    case 'default':
      return quiet('default');
    case 'none':
      return unsetText(name, key);
  }
}

function unsetText(name: string, { required, secret }: ConfigKey): string | Span {
  if (required) return toned(`missing (${name})`, 'bad');
  return secret ? quiet(`not set (${name})`) : '';
}

function keyJson({ key, variable }: ConfigKey): { readonly key: string; readonly variable?: string } {
  return { key, ...(variable === undefined ? {} : { variable }) };
}
