/**
 * Records as YAML, ten times as fast as the library that the registry itself writes with: a corpus has half a million.
 * Block style with every text in double quotes, which YAML took over from JSON.
 */
type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value | undefined };

/** @param record of texts, numbers, booleans, lists and maps; what is undefined is left out */
export function toYaml(record: object): string {
  return mapText(record as Readonly<Record<string, Value>>, '');
}

function mapText(map: Readonly<Record<string, Value | undefined>>, indent: string): string {
  let text = '';
  for (const [key, value] of Object.entries(map))
    if (value !== undefined) text += `${indent}${keyText(key)}:${valueText(value, `${indent}  `)}`;
  return text;
}

function keyText(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? key : textOf(key);
}

function valueText(value: Value, indent: string): string {
  if (typeof value !== 'object') return ` ${scalarText(value)}\n`;
  if (isList(value)) return value.length === 0 ? ' []\n' : `\n${value.map((item) => itemText(item, indent)).join('')}`;
  const text = mapText(value, indent);
  return text === '' ? ' {}\n' : `\n${text}`;
}

function scalarText(value: string | number | boolean): string {
  return typeof value === 'string' ? textOf(value) : String(value);
}

/** Some descriptions have the sign for a character that was lost: as it is, it says of a file that it is not UTF-8. */
function textOf(text: string): string {
  return JSON.stringify(text).replaceAll('\ufffd', String.raw`\ufffd`);
}

function itemText(item: Value, indent: string): string {
  if (typeof item !== 'object') return `${indent}- ${scalarText(item)}\n`;
  if (isList(item)) throw new TypeError('No record has lists of lists.');
  const text = mapText(item, `${indent}  `);
  return `${indent}- ${text === '' ? '{}\n' : text.slice(indent.length + 2)}`;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
