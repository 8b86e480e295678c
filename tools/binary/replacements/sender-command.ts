/** The standalone binary starts itself, by a word that `tools/binary/entry.cjs` knows. */
import { SENDER } from '../sender-word.ts';

export function senderCommand(): readonly [string, ...string[]] {
  return [process.execPath, SENDER];
}
