import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64 } from './bytes.ts';
import { toText } from './list-files.ts';
import { toBase64 } from './pack.ts';
import { withBytes, withNumbers } from './splice.ts';

function replaced(values: readonly number[], changes: ReadonlyMap<number, number>): readonly number[] {
  return values.map((value, at) => changes.get(at) ?? value);
}

/** Values, and others for some of them. */
function changed(value: fc.Arbitrary<number>) {
  return fc.array(value, { minLength: 1, maxLength: 30 }).chain((values) =>
    fc.tuple(
      fc.constant(values),
      fc.array(fc.tuple(fc.nat({ max: values.length - 1 }), value)).map((pairs) => new Map(pairs)),
    ),
  );
}

describe('a text of which a few numbers change', () => {
  it('is that of the document with these, whatever else it says', () => {
    const number = fc.oneof(fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(changed(number), changed(number), fc.string(), ([one, first], [two, second], of) => {
        // What stands there may look like what is looked for.
        const document = { of: `${of}"downloads":[7,8] "updated":[9]`, downloads: one, updated: two };
        const text = withNumbers(withNumbers(toText(document), 'downloads', first), 'updated', second);
        const expected = { ...document, downloads: replaced(one, first), updated: replaced(two, second) };
        expect(text).toBe(toText(expected));
      }),
    );
  });

  it('is refused where there is no such list or place', () => {
    const text = toText({ downloads: [1, 2] });
    expect(() => withNumbers(text, 'updated', new Map([[0, 1]]))).toThrow(RangeError);
    expect(() => withNumbers(text, 'downloads', new Map([[2, 1]]))).toThrow(RangeError);
  });

  it('is base64 of the changed bytes', () => {
    fc.assert(
      fc.property(changed(fc.nat({ max: 255 })), ([values, changes]) => {
        const text = withBytes(toBase64(Uint8Array.from(values)), changes);
        expect([...fromBase64(text)]).toEqual(replaced(values, changes));
        expect(text).toBe(toBase64(Uint8Array.from(replaced(values, changes))));
      }),
    );
  });
});
