import parseExpression from 'spdx-expression-parse';
import { finding } from '../../findings/index.ts';
import { toSingleLine, truncate } from '../../text/index.ts';
import type { ManifestCheck } from './index.ts';

/** @source SPDX specification 2.3, Annex D (licence expressions) */
export const checkLicense: ManifestCheck = ({ license }, source) => {
  if (typeof license !== 'string' || license === '' || isExpression(license)) return [];
  return [
    finding('LICENSE_INVALID', source.placeOf(['license']), { license: toSingleLine(truncate(license, 80)) || '“”' }),
  ];
};

/** Of most plugins: to begin with the parser takes a third of what the other checks do. */
const COMMON: ReadonlySet<string> = new Set(['MIT', 'Apache-2.0', 'ISC', 'BSD-3-Clause', 'MPL-2.0']);

function isExpression(text: string): boolean {
  if (COMMON.has(text)) return true;
  // The parser recurses into parentheses; the schema's limit of 200 characters bounds it.
  if (text.length > 200) return false;
  try {
    parseExpression(text);
    return true;
  } catch {
    return false; // the parser has no other way to say no
  }
}
