/** How wide the characters of a TrueType font are. @source OpenType 1.9: head, hhea, hmtx, cmap (format 4) */

/** Character → width in parts of the size. Only of fonts of our own: what is not as expected is a bug. */
export function advancesOf(font: Uint8Array, characters: Iterable<string>): ReadonlyMap<string, number> {
  const view = new DataView(font.buffer, font.byteOffset, font.byteLength);
  const tables = tablesOf(view);
  const at = (name: string): number => tables.get(name) ?? missing(name);
  const unitsPerEm = view.getUint16(at('head') + 18);
  const metrics = view.getUint16(at('hhea') + 34);
  const found = new Map<string, number>();
  for (const character of characters) {
    const glyph = glyphOf(view, at('cmap'), character.codePointAt(0) ?? 0);
    if (glyph === 0) continue;
    found.set(character, view.getUint16(at('hmtx') + 4 * Math.min(glyph, metrics - 1)) / unitsPerEm);
  }
  return found;
}

function tablesOf(view: DataView): ReadonlyMap<string, number> {
  return new Map(
    Array.from({ length: view.getUint16(4) }, (_, index) => {
      const record = 12 + 16 * index;
      const tag = String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(record + offset)));
      return [tag, view.getUint32(record + 8)];
    }),
  );
}

function glyphOf(view: DataView, cmap: number, code: number): number {
  const start = subtableOf(view, cmap);
  const segments = view.getUint16(start + 6) / 2;
  for (let index = 0; index < segments; index += 1) {
    const end = view.getUint16(start + 14 + 2 * index);
    if (code > end) continue;
    const first = view.getUint16(start + 16 + 2 * (segments + index));
    if (code < first) return 0;
    const delta = view.getUint16(start + 16 + 2 * (2 * segments + index));
    const place = start + 16 + 2 * (3 * segments + index);
    const offset = view.getUint16(place);
    if (offset === 0) return (code + delta) & 0xffff;
    const glyph = view.getUint16(place + offset + 2 * (code - first));
    return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
  }
  return 0;
}

function subtableOf(view: DataView, cmap: number): number {
  for (let index = 0; index < view.getUint16(cmap + 2); index += 1) {
    const start = cmap + view.getUint32(cmap + 4 + 8 * index + 4);
    if (view.getUint16(start) === 4) return start;
  }
  return missing('cmap of format 4');
}

function missing(what: string): never {
  throw new Error(`The font has no ${what}.`);
}
