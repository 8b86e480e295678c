import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64 } from './bytes.ts';
import { toText } from './list-files.ts';
import { toBase64 } from './pack.ts';
import { spliceBytes, spliceNumbers, type Splice } from './splice.ts';

function spliced(values: readonly number[], splices: readonly Splice[]): readonly number[] {
  const next = [...values];
  for (const { at, gone, put } of splices.toReversed()) next.splice(at, gone ? 1 : 0, ...put);
  return next;
}

/** Values, and what becomes of some places. */
function changed(value: fc.Arbitrary<number>) {
  return fc.array(value, { maxLength: 20 }).chain((values) => {
    const splice = fc.record({
      at: fc.nat({ max: values.length }),
      gone: fc.boolean(),
      put: fc.array(value, { maxLength: 3 }),
    });
    const splices = fc.uniqueArray(splice, { selector: ({ at }) => at, maxLength: 6 }).map((all) =>
      all
        .map((each) => ({ ...each, gone: each.gone && each.at < values.length }))
        .toSorted((a, b) => a.at - b.at)
        // Of several at one place the last may go.
        .flatMap((each) => [{ at: each.at, gone: false, put: each.put.slice(1) }, each]),
    );
    return fc.tuple(fc.constant(values), splices);
  });
}

describe('a text of which a few numbers change', () => {
  it('is that of the document with these, whatever else it says', () => {
    const number = fc.oneof(fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(changed(number), changed(number), fc.string(), ([one, first], [two, second], of) => {
        // What stands there may look like what is looked for.
        const document = { of: `${of}"downloads":[7,8] "updated":[9]`, downloads: one, updated: two };
        const text = spliceNumbers(spliceNumbers(toText(document), 'downloads', first), 'updated', second);
        const expected = { ...document, downloads: spliced(one, first), updated: spliced(two, second) };
        expect(text).toBe(toText(expected));
      }),
    );
  });

  it.each<[string, string, Splice]>([
    ['there is no such list', 'updated', { at: 0, gone: false, put: [1] }],
    ['what goes is not there', 'downloads', { at: 2, gone: true, put: [] }],
    ['the place is behind the end', 'downloads', { at: 3, gone: false, put: [1] }],
  ])('is refused where %s', (_, key, splice) => {
    expect(() => spliceNumbers(toText({ downloads: [1, 2] }), key, [splice])).toThrow(RangeError);
  });

  it('is refused behind the end of an empty list', () => {
    const text = toText({ downloads: [], updated: [1, 2] });
    expect(() => spliceNumbers(text, 'downloads', [{ at: 1, gone: false, put: [1] }])).toThrow(RangeError);
  });

  it('is base64 of the changed bytes', () => {
    fc.assert(
      fc.property(changed(fc.nat({ max: 255 })), ([values, splices]) => {
        const text = spliceBytes(toBase64(Uint8Array.from(values)), splices);
        expect([...fromBase64(text)]).toEqual(spliced(values, splices));
        expect(text).toBe(toBase64(Uint8Array.from(spliced(values, splices))));
      }),
    );
  });
});
