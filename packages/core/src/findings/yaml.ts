import type { FindingEntries } from './entry.ts';

/** Findings in any YAML file: syntax, and what its schema says. */
export interface YamlFacts {
  YAML_TOO_LARGE: { sizeBytes: number; limitBytes: number };
  YAML_ENCODING: Record<string, never>;
  YAML_SYNTAX: { problem: string; remedy?: string };
  YAML_DUPLICATE_KEY: { key: string };
  YAML_TAG: { tag: string };
  YAML_ALIAS: { problem: string };
  YAML_NOT_A_MAP: { found: string };
  UNKNOWN_KEY: { key: string; suggestion?: string };
  KEY_OF_OTHER_TYPE: { key: string; type: string; belongsTo: readonly string[] };
  MISSING_KEY: { key: string; expected: string };
  WRONG_TYPE: { key: string; expected: string; found: string };
  INVALID_VALUE: { key: string; value: string; expected: string };
  DUPLICATE_ITEM: { key: string };
  TOO_MANY: { key: string; limit: number };
}

export const YAML_FINDINGS: FindingEntries<YamlFacts> = {
  YAML_TOO_LARGE: {
    severity: 'error',
    message: ({ sizeBytes, limitBytes }) => `The file has ${sizeBytes} bytes; at most ${limitBytes} are read.`,
    remedy: () => 'Move long text into the README.',
  },
  YAML_ENCODING: {
    severity: 'error',
    message: () => 'The file is not UTF-8 text.',
    remedy: () => 'Save it as UTF-8.',
  },
  YAML_SYNTAX: {
    severity: 'error',
    message: ({ problem }) => `This is not valid YAML: ${problem}`,
    remedy: ({ remedy }) => remedy ?? 'Correct the line; names with @ and values with a colon or # need quotes.',
  },
  YAML_DUPLICATE_KEY: {
    severity: 'error',
    message: ({ key }) => `The key ${key} appears twice.`,
    remedy: () => 'Keep one of them.',
  },
  YAML_TAG: {
    severity: 'error',
    message: ({ tag }) => `The YAML tag ${tag} is not allowed.`,
    remedy: () => 'Write the plain value without a tag.',
  },
  YAML_ALIAS: {
    severity: 'error',
    message: ({ problem }) => `Anchors, aliases and merge keys cannot be used like this: ${problem}`,
    remedy: () => 'Write the values out.',
  },
  YAML_NOT_A_MAP: {
    severity: 'error',
    message: ({ found }) => `The file holds ${found} where keys with values are expected.`,
    remedy: () => 'Write `key: value` lines.',
  },
  UNKNOWN_KEY: {
    severity: 'error',
    message: ({ key }) => `The key ${key} is not known.`,
    remedy: ({ suggestion }) => (suggestion === undefined ? 'Remove it.' : `Did you mean ${suggestion}?`),
  },
  KEY_OF_OTHER_TYPE: {
    severity: 'error',
    message: ({ key, type, belongsTo }) => `The key ${key} is not for type ${type}, but for ${belongsTo.join(', ')}.`,
    remedy: ({ key }) => `Remove ${key}, or correct the type.`,
  },
  MISSING_KEY: {
    severity: 'error',
    message: ({ key }) => `The key ${key} is missing.`,
    remedy: ({ key, expected }) => `Add ${key}: ${expected}.`,
  },
  WRONG_TYPE: {
    severity: 'error',
    message: ({ key, expected, found }) => `${key} is ${found} where ${expected} is expected.`,
    remedy: ({ key, expected, found }) =>
      expected === 'text' && found !== 'nothing' && !found.startsWith('a list') && !found.startsWith('keys')
        ? 'Put the value in quotes.'
        : `Give ${key} ${expected}.`,
  },
  INVALID_VALUE: {
    severity: 'error',
    message: ({ key, value }) => `${value} is not valid for ${key}.`,
    remedy: ({ expected }) => `Write ${expected}.`,
  },
  DUPLICATE_ITEM: {
    severity: 'error',
    message: ({ key }) => `${key} lists the same value twice.`,
    remedy: () => 'Keep one of them.',
  },
  TOO_MANY: {
    severity: 'error',
    message: ({ key, limit }) => `${key} has more than ${limit} entries.`,
    remedy: ({ limit }) => `Keep at most ${limit}.`,
  },
};
