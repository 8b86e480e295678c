/**
 * Reading of `ar-plugin.yaml`. The text is attacker-controlled; nothing here throws for it.
 *
 * All errors are reported at once: those of YAML alone if it does not parse, else those of the schema and of the
 * checks that a schema cannot say.
 */
import {
  MANIFEST_KEYS,
  MANIFEST_KEYS_BY_TYPE,
  type NormalizedManifest,
  type PluginManifest,
} from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/plugin-manifest';
import { finding, isError, sortFindings, type Finding } from '../findings/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import { MAX_FINDINGS, fromSchemaErrors, parseYaml, type KeyPath, type YamlFile } from '../yaml/index.ts';
import { MANIFEST_CHECKS } from './checks/index.ts';
import { normalizeManifest } from './normalize.ts';

export interface ParsedManifest {
  /** Present when no finding is an error. */
  readonly manifest?: NormalizedManifest;
  /** The manifest as written, when it fits the schema: what packing reads `files` from. */
  readonly authored?: PluginManifest;
  readonly findings: readonly Finding[];
  /** Where things stand, for rules that look at the package as well; absent when the text is not YAML. */
  readonly source?: YamlFile;
}

/** @param file how the file is named in findings. */
export function parseManifest(text: string, file: string): ParsedManifest {
  const yaml = parseYaml(text, file);
  if (!yaml.ok) return { findings: yaml.findings };
  return checkManifest(yaml.file);
}

/** The same for YAML that is parsed already, such as the manifest inside a record. */
export function checkManifest(source: YamlFile): ParsedManifest {
  const value = source.value as Readonly<Record<string, unknown>>;
  const result = validator(value);
  const schemaFindings = result.ok ? [] : translate(result.errors, source);
  const all = [...schemaFindings, ...MANIFEST_CHECKS.flatMap((check) => check(value, source))];
  const findings = sortFindings(all).slice(0, MAX_FINDINGS);
  if (!result.ok || all.some(isError)) return { findings, source };
  return { manifest: normalizeManifest(result.value), authored: result.value, findings, source };
}

function translate(errors: Parameters<typeof fromSchemaErrors>[0], source: YamlFile): readonly Finding[] {
  const value = source.value as Readonly<Record<string, unknown>>;
  const type = typeof value['type'] === 'string' ? value['type'] : undefined;
  const own = errors.filter(
    ({ keyword, instancePath, params }) =>
      // Name, version and trust flags have checks with better words.
      !(['/name', '/version'].includes(instancePath) && keyword !== 'type') &&
      !['/verified', '/official'].includes(instancePath) &&
      // A branch with an error inside makes all its keys look unknown.
      !(keyword === 'unevaluatedProperties' && isKeyOf(type, String(params['unevaluatedProperty']))),
  );
  return fromSchemaErrors(own, source, (path) => knownKeys(path, type)).map((found) => retell(found, type));
}

function isKeyOf(type: string | undefined, key: string): boolean {
  if (MANIFEST_KEYS.includes(key)) return true;
  const branches = keysOfType(type) ? [keysOfType(type)] : Object.values(MANIFEST_KEYS_BY_TYPE);
  return branches.some((keys) => keys?.includes(key));
}

/** @param type attacker-controlled: `constructor` is no type */
function keysOfType(type: string | undefined): readonly string[] | undefined {
  return type !== undefined && Object.hasOwn(MANIFEST_KEYS_BY_TYPE, type) ? MANIFEST_KEYS_BY_TYPE[type] : undefined;
}

function retell(found: Finding, type: string | undefined): Finding {
  if (found.code !== 'UNKNOWN_KEY' || type === undefined) return found;
  const key = found.at.path ?? '';
  const belongsTo = Object.entries(MANIFEST_KEYS_BY_TYPE)
    .filter(([, keys]) => keys.includes(key))
    .map(([other]) => other);
  return belongsTo.length > 0
    ? finding('KEY_OF_OTHER_TYPE', found.at, { key, type: toSingleLine(truncate(type, 80)), belongsTo })
    : found;
}

const NESTED_KEYS: Readonly<Record<string, readonly string[]>> = {
  author: ['name', 'email', 'url'],
  repository: ['type', 'url', 'directory'],
  config: ['schema', 'required', 'optional'],
  permissions: ['network', 'listen', 'filesystem', 'childProcess', 'nativeAddons', 'workers', 'codeGeneration', 'env'],
  'permissions.filesystem': ['read', 'write'],
  provides: ['bidirectional', 'direction', 'external', 'internal'],
  outputs: ['format', 'destination'],
  displays: ['type', 'data', 'title'],
  hooks: ['beforeMessage', 'onMessage', 'onConnect', 'onDisconnect', 'onDenied'],
};

function knownKeys(path: KeyPath, type: string | undefined): readonly string[] {
  if (path.length === 0) return [...MANIFEST_KEYS, ...(keysOfType(type) ?? [])];
  const parent = path.filter((step) => typeof step === 'string').join('.');
  return (Object.hasOwn(NESTED_KEYS, parent) ? NESTED_KEYS[parent] : undefined) ?? [];
}
