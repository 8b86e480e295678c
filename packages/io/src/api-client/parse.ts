/** From an answer to a document of its kind. Every answer is attacker-controlled. */
import { ArError } from '@ar-registry/core/errors';
import { toSingleLine, truncate } from '@ar-registry/core/text';
import type { Validator } from '@ar-registry/schemas';
import type { HttpResponse } from './http.ts';
import { shown } from './report.ts';

/** @throws REGISTRY_STATUS, REGISTRY_UNSUPPORTED, REGISTRY_RESPONSE_INVALID */
export function parseDocument<T>(response: HttpResponse, validator: Validator<T>): T {
  const body = found(response, () => statusError(response));
  const url = shown(response.url);
  const value = parseJson(body, url);
  const schemaVersion = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof schemaVersion === 'number' && schemaVersion > 1)
    throw new ArError('REGISTRY_UNSUPPORTED', { url, needs: `a client for format ${schemaVersion}` });
  const result = validator(value);
  if (result.ok) return result.value;
  const [first] = result.errors;
  const problem = `${toSingleLine(truncate(first?.instancePath ?? '', 200)) || 'the document'} ${first?.message ?? 'is not valid'}`;
  throw new ArError('REGISTRY_RESPONSE_INVALID', { url, problem });
}

/** @throws REGISTRY_RESPONSE_INVALID */
export function parseJson(body: Buffer, url: string): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    const problem = /^\s*</.test(body.subarray(0, 100).toString('latin1')) ? 'it sent a web page' : 'it sent no JSON';
    throw new ArError('REGISTRY_RESPONSE_INVALID', { url, problem }, { cause });
  }
}

/** The body of an answer that is one; what `missing` makes where there is nothing at that address. @throws REGISTRY_STATUS */
export function found(response: HttpResponse, missing: () => ArError): Buffer {
  if (response.status === 200) return response.body;
  throw response.status === 404 || response.status === 410 ? missing() : statusError(response);
}

export function statusError({ url, status }: HttpResponse): ArError {
  return new ArError('REGISTRY_STATUS', { url: shown(url), status });
}
