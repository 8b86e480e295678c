import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { toFindingDocument } from '@ar-registry/core/findings';
import { fromSchemaErrors, parseYaml } from '@ar-registry/core/yaml';
import { translateFileError } from '@ar-registry/io/files';
import type { MirrorPolicy } from '@ar-registry/schemas';
import { validator as isPolicy } from '@ar-registry/schemas/validators/mirror-policy';
import { usage } from '../args.ts';
import type { Options, Values } from '../command.ts';

/** What the file says, by flags: what a flag says counts, lists of both are joined. */
export const POLICY_OPTIONS = {
  policy: { type: 'string', value: '<file>', help: 'the policy, as schemas/v1/mirror-policy.schema.json has it' },
  allow: { type: 'string', value: '<pattern>', help: 'only plugins of such names: @scope/*', multiple: true },
  deny: { type: 'string', value: '<pattern>', help: 'no plugins of such names', multiple: true },
  'min-trust': { type: 'string', value: '<level>', help: 'community, verified or official' },
  'max-age': { type: 'string', value: '<days>', help: 'no versions published longer ago' },
  'min-age': { type: 'string', value: '<days>', help: 'no versions published more recently' },
  license: { type: 'string', value: '<SPDX id>', help: 'only versions usable under one of these', multiple: true },
  'deny-permission': {
    type: 'string',
    value: '<permission>',
    help: 'no versions that ask for it: childProcess, network, filesystemWrite, …',
    multiple: true,
  },
} as const satisfies Options;

/** @throws USAGE, FILE_INVALID, FILE_NOT_FOUND, FILE_ACCESS */
export async function readPolicy(values: Values<typeof POLICY_OPTIONS>, cwd: string): Promise<MirrorPolicy> {
  const written = values.policy === undefined ? {} : await readPolicyFile(path.resolve(cwd, values.policy));
  const merged = { ...written, ...withoutNone(flagged(values, written)), schemaVersion: 1 };
  const result = isPolicy(merged);
  if (result.ok) return result.value;
  const [first] = result.errors;
  throw usage(
    `The policy is not valid: ${first?.instancePath ?? ''} ${first?.message ?? ''}.`,
    'ar-registry mirror --help',
  );
}

type Written = Partial<MirrorPolicy>;

function flagged(values: Values<typeof POLICY_OPTIONS>, written: Written) {
  const joined = (key: 'allow' | 'deny' | 'licenses' | 'denyPermissions', more: readonly string[] | undefined) =>
    more && [...new Set([...(written[key] ?? []), ...more])];
  return {
    allow: joined('allow', values.allow),
    deny: joined('deny', values.deny),
    licenses: joined('licenses', values.license),
    denyPermissions: joined('denyPermissions', values['deny-permission']),
    minimumTrust: values['min-trust'],
    maximumAgeDays: toDays(values['max-age']),
    minimumAgeDays: toDays(values['min-age']),
  };
}

function withoutNone(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** What is no number is told by the schema. */
function toDays(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

async function readPolicyFile(file: string): Promise<Written> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw translateFileError(error, file);
  });
  const yaml = parseYaml(text, file);
  const result = yaml.ok ? isPolicy(yaml.file.value) : undefined;
  if (result?.ok) return result.value;
  const [first] = yaml.ok ? fromSchemaErrors(result?.errors ?? [], yaml.file) : yaml.findings;
  const problem = first ? toFindingDocument(first).message.replace(/\.$/, '') : 'it is no policy';
  throw new ArError('FILE_INVALID', { file, problem });
}
