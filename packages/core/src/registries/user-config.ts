import type { UserConfig } from '@ar-registry/schemas';
import { validator } from '@ar-registry/schemas/validators/user-config';
import { ArError } from '../errors/index.ts';
import { toFindingDocument, type Finding } from '../findings/index.ts';
import { fromSchemaErrors, parseYaml } from '../yaml/index.ts';

/** Reads the user's own `config.yaml`; an empty one says nothing. @throws FILE_INVALID */
export function parseUserConfig(text: string, file: string): UserConfig {
  if (text.trim() === '') return { schemaVersion: 1 };
  const yaml = parseYaml(text, file);
  if (!yaml.ok) throw invalid(file, yaml.findings);
  const result = validator(yaml.file.value);
  if (result.ok) return result.value;
  throw invalid(file, fromSchemaErrors(result.errors, yaml.file));
}

function invalid(file: string, [first]: readonly Finding[]): ArError {
  if (!first) return new ArError('FILE_INVALID', { file, problem: 'it does not have the form of a configuration' });
  const at = first.at.line === undefined ? '' : ` (line ${first.at.line})`;
  const problem = toFindingDocument(first).message.replace(/\.$/, '').replace(/^The /, 'the ') + at;
  return new ArError('FILE_INVALID', { file, problem });
}
