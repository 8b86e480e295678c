import { stringify } from 'yaml';

/** A record as YAML text, the same bytes for equal data: no line folding, no anchors, keys in the order given. */
export function stringifyRecord(record: object): string {
  return stringify(record, { version: '1.2', schema: 'core', lineWidth: 0, aliasDuplicateObjects: false });
}
