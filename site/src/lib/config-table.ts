/**
 * The rows of a configuration table, out of the JSON Schema that a plugin brings. The schema is an author's: whatever
 * it says becomes text, and what it does not say in a form that is understood here is left out.
 */
import { truncate } from '@ar-registry/core/text';
import type { ConfigSchema } from '@ar-registry/schemas';

export interface ConfigRow {
  readonly key: string;
  /** `string`, `integer or string`, `one of a, b`. */
  readonly type: string;
  readonly isRequired: boolean;
  /** As JSON; absent where there is none. */
  readonly fallback?: string;
  readonly says: string;
}

const MOST_CHARACTERS = 500;

type Loose = Readonly<Record<string, unknown>>;

export function configRows(schema: ConfigSchema): readonly ConfigRow[] {
  const properties = isLoose(schema.properties) ? schema.properties : {};
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(properties).map(([key, value]): ConfigRow => {
    const property = isLoose(value) ? value : {};
    return {
      key,
      type: typeText(property),
      isRequired: required.has(key),
      ...('default' in property ? { fallback: shortJson(property['default']) } : {}),
      says: typeof property['description'] === 'string' ? truncate(property['description'], MOST_CHARACTERS) : '',
    };
  });
  return rows.toSorted((a, b) => Number(b.isRequired) - Number(a.isRequired));
}

const DEEPEST = 4;
const MOST_OPTIONS = 12;

function typeText(schema: Loose, depth = 0): string {
  if (depth > DEEPEST) return 'any';
  if (Array.isArray(schema['enum'])) return `one of ${firstFew(schema['enum'].map(shortJson)).join(', ')}`;
  const options = [schema['anyOf'], schema['oneOf']].find((list) => Array.isArray(list));
  if (Array.isArray(options)) {
    const texts = firstFew(options.filter(isLoose)).map((option) =>
      typeof option === 'string' ? option : typeText(option, depth + 1),
    );
    return [...new Set(texts)].join(' or ');
  }
  const { type } = schema;
  if (type === 'array' && isLoose(schema['items'])) return `list of ${typeText(schema['items'], depth + 1)}`;
  if (Array.isArray(type)) return type.join(' or ');
  return typeof type === 'string' ? type : 'any';
}

/** A page has room for a dozen. */
function firstFew<T>(items: readonly T[]): readonly (T | '…')[] {
  return items.length > MOST_OPTIONS ? [...items.slice(0, MOST_OPTIONS), '…'] : items;
}

function shortJson(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function isLoose(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
