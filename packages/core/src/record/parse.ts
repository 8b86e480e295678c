/** Reading of the records of an index: YAML text, attacker-controlled in a pull request, to checked data. */
import type {
  AdvisoryRecord,
  CategoriesRecord,
  DependenciesRecord,
  DismissedRecord,
  NormalizedManifest,
  PluginRecord,
  RegistryRecord,
  ReviewRecord,
  ScopeRecord,
  StatusRecord,
  Validator,
  VerificationRecord,
  VersionRecord,
} from '@ar-registry/schemas';
import { validator as advisory } from '@ar-registry/schemas/validators/advisory-record';
import { validator as categories } from '@ar-registry/schemas/validators/categories-record';
import { validator as dependencies } from '@ar-registry/schemas/validators/dependencies-record';
import { validator as dismissed } from '@ar-registry/schemas/validators/dismissed-record';
import { validator as plugin } from '@ar-registry/schemas/validators/plugin-record';
import { validator as registry } from '@ar-registry/schemas/validators/registry-record';
import { validator as review } from '@ar-registry/schemas/validators/review-record';
import { validator as scope } from '@ar-registry/schemas/validators/scope-record';
import { validator as status } from '@ar-registry/schemas/validators/status-record';
import { validator as verification } from '@ar-registry/schemas/validators/verification-record';
import { validator as version } from '@ar-registry/schemas/validators/version-record';
import { finding, isError, type Finding } from '../findings/index.ts';
import { checkManifest } from '../manifest/index.ts';
import { formatPath, fromSchemaErrors, parseYaml, type YamlFile } from '../yaml/index.ts';
import { firstDifference } from './difference.ts';

/** A record and where its parts stand; or what is wrong with it. */
export type ParsedRecord<T> =
  | { readonly ok: true; readonly record: T; readonly source: YamlFile; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

export const parseRegistryRecord = recordParser<RegistryRecord>(registry);
export const parseCategoriesRecord = recordParser<CategoriesRecord>(categories);
export const parseDependenciesRecord = recordParser<DependenciesRecord>(dependencies);
export const parseDismissedRecord = recordParser<DismissedRecord>(dismissed);
export const parseAdvisoryRecord = recordParser<AdvisoryRecord>(advisory);
export const parseReviewRecord = recordParser<ReviewRecord>(review);
export const parseVerificationRecord = recordParser<VerificationRecord>(verification);
export const parseScopeRecord = recordParser<ScopeRecord>(scope);
export const parsePluginRecord = recordParser<PluginRecord>(plugin);
export const parseStatusRecord = recordParser<StatusRecord>(status);

/** A version record lists every file of its archive, 160 bytes for each: room for the 5,000 that an archive may have. */
const VERSION_RECORD_LIMIT_BYTES = 1024 * 1024;

/** A version record: its schema, and its manifest by the very checks that an author's manifest passes. */
export function parseVersionRecord(text: string, file: string): ParsedRecord<VersionRecord> {
  const yaml = parseYaml(text, file, VERSION_RECORD_LIMIT_BYTES);
  if (!yaml.ok) return yaml;
  const value = yaml.file.value as Readonly<Record<string, unknown>>;
  const inner = checkInnerManifest(value['manifest'], yaml.file);
  const result = version(value);
  const outer = result.ok
    ? []
    : fromSchemaErrors(
        // The manifest's own checks speak of it, in better words.
        result.errors.filter(({ instancePath }) => !/^\/manifest(?:\/|$)/.test(instancePath)),
        yaml.file,
      );
  const findings = [...outer, ...inner.findings];
  if (findings.some(isError)) return { ok: false, findings };
  if (!result.ok || !inner.manifest) {
    const at = yaml.file.placeOf(['manifest']);
    return { ok: false, findings: [...findings, finding('RECORD_NOT_NORMALIZED', at, { key: 'manifest' })] };
  }
  return { ok: true, record: result.value, source: yaml.file, findings };
}

function recordParser<T>(validator: Validator<T>): (text: string, file: string) => ParsedRecord<T> {
  return (text, file) => {
    const yaml = parseYaml(text, file);
    if (!yaml.ok) return yaml;
    const result = validator(yaml.file.value);
    if (!result.ok) return { ok: false, findings: fromSchemaErrors(result.errors, yaml.file) };
    return { ok: true, record: result.value, source: yaml.file, findings: [] };
  };
}

function checkInnerManifest(
  value: unknown,
  file: YamlFile,
): { manifest?: NormalizedManifest; findings: readonly Finding[] } {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return { findings: [] };
  const placeOf: YamlFile['placeOf'] = (path, part) => file.placeOf(['manifest', ...path], part);
  const { manifest, findings } = checkManifest({ value, placeOf });
  if (!manifest) return { findings };
  const different = firstDifference(value, manifest);
  if (!different) return { manifest, findings };
  const at = placeOf(different);
  return {
    findings: [...findings, finding('RECORD_NOT_NORMALIZED', at, { key: formatPath(different) || 'manifest' })],
  };
}
