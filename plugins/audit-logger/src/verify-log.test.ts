import { describe, expect, it } from 'vitest';
import { createSealer, type Head, NO_LINES, sealLine } from './chain.ts';
import { createLogVerifier, type Verdict } from './verify-log.ts';

const [KEY, OLD_KEY] = ['k'.repeat(32), 'o'.repeat(32)];

describe.each([
  ['without a key', undefined],
  ['with a key', KEY],
])('the chain %s', (_, key) => {
  const keys = key === undefined ? [] : [key];
  const chain = chainOf(30, key);
  const lines = chain.map(({ line }) => line);
  const last = chain.at(-1) ?? NO_LINES;
  const verify = (changed: readonly string[]): Verdict => verifyLines(changed, { keys, anchor: last });

  it('is whole as it was written', () => {
    expect(verify(lines)).toMatchObject({
      kind: 'whole',
      first: 1,
      last: { seq: 30 },
      cuts: 0,
      bytesBefore: 0,
      lastUnkeyed: 0,
    });
  });

  it('shows every change of one byte, whatever the byte becomes', () => {
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    const random = randomOf(7);
    for (let at = 0; at < bytes.length; at += 1 + random(5)) {
      const changed = Buffer.from(bytes);
      changed[at] = ((changed[at] ?? 0) + 1 + random(255)) % 256;
      expect([at, verifyBytes(changed, { keys, anchor: last }).kind]).not.toEqual([at, 'whole']);
    }
  });

  it('shows every line that is deleted', () => {
    for (let at = 0; at < lines.length; at += 1) expect(verify(lines.toSpliced(at, 1)).kind).not.toBe('whole');
  });

  it('shows every line that is inserted: one of its own, one of another chain, or any other', () => {
    const other = chainOf(30, key, 'other');
    for (let at = 0; at <= lines.length; at += 1)
      for (const line of [lines[(at * 7) % 30] ?? '', other[at % 30]?.line ?? '', '{"seq":1}', 'text', ''])
        expect([at, line, verify(lines.toSpliced(at, 0, line)).kind]).not.toEqual([at, line, 'whole']);
  });

  it('shows every two lines that change places', () => {
    for (let at = 0; at < lines.length; at += 1)
      for (let other = at + 1; other < lines.length; other += 1) {
        const changed = lines.with(at, lines[other] ?? '').with(other, lines[at] ?? '');
        expect([at, other, verify(changed).kind]).not.toEqual([at, other, 'whole']);
      }
  });

  it('shows a line that was cut off, and says where', () => {
    const bytes = Buffer.from(lines.join('\n'));
    expect(verifyBytes(bytes, { keys })).toMatchObject({ kind: 'broken', line: 30 });
  });

  it('shows lines that are missing at the end to whoever noted a later one, and to nobody else', () => {
    expect(verify(lines.slice(0, 20))).toMatchObject({ kind: 'broken' });
    expect(verifyLines(lines.slice(0, 20), { keys })).toMatchObject({ kind: 'whole', closed: false });
  });

  it('shows a chain that was written anew to whoever noted a line of it', () => {
    expect(verify(chainOf(30, key, 'other').map(({ line }) => line))).toMatchObject({ kind: 'broken', line: 30 });
  });
});

describe('a key', () => {
  const sealed = chainOf(5, KEY).map(({ line }) => line);

  it('keeps others from forging a chain', () => {
    const forged = chainOf(5, undefined).map(({ line }) => line);
    expect(verifyLines(forged, { keys: [KEY] })).toMatchObject({ kind: 'broken' });
    expect(
      verifyLines(
        chainOf(5, OLD_KEY).map(({ line }) => line),
        { keys: [KEY] },
      ),
    ).toMatchObject({ kind: 'unusable' });
  });

  it('keeps others from adding lines without it', () => {
    const added = sealLine('{"event":"message"}', chainOf(5, KEY).at(-1) ?? NO_LINES, createSealer());
    expect(verifyLines([...sealed, added.line.trimEnd()], { keys: [KEY] })).toMatchObject({ kind: 'broken', line: 6 });
  });

  it('is needed to verify', () => {
    expect(verifyLines(sealed, { keys: [] })).toMatchObject({ kind: 'unusable' });
  });

  it('can take the place of another, or of none, and not the other way round', () => {
    const [plain, old, now] = [undefined, OLD_KEY, KEY].map((key) => createSealer(key));
    const chain = (sealers: readonly (typeof now)[]): string[] => {
      let head: Head = NO_LINES;
      return sealers.map((sealer, at) => {
        const next = sealLine(
          at === 0 ? '{"event":"open","prev":""}' : '{"event":"message"}',
          head,
          sealer ?? createSealer(),
        );
        head = next;
        return next.line.trimEnd();
      });
    };
    const keys = [KEY, OLD_KEY];
    expect(verifyLines(chain([plain, plain, old, now, now]), { keys })).toMatchObject({
      kind: 'whole',
      lastUnkeyed: 2,
    });
    expect(verifyLines(chain([plain, now, old, now]), { keys })).toMatchObject({ kind: 'broken', line: 3 });
    expect(verifyLines(chain([plain, old, old]), { keys })).toMatchObject({ kind: 'broken' });
  });
});

describe('a verifier', () => {
  it('cannot judge what has no chain', () => {
    expect(verifyLines([], { keys: [] })).toMatchObject({ kind: 'unusable' });
    expect(verifyLines(['{"ts":"","event":"message"}'], { keys: [] })).toMatchObject({ kind: 'unusable' });
  });

  it('asks for the beginning of a file', () => {
    const lines = chainOf(5, undefined).map(({ line }) => line);
    expect(verifyLines(lines.slice(2), { keys: [] })).toMatchObject({ kind: 'broken', line: 1 });
  });
});

type Options = Parameters<typeof createLogVerifier>[0];

function verifyLines(lines: readonly string[], options: Options): Verdict {
  return verifyBytes(Buffer.from(lines.map((line) => `${line}\n`).join('')), options);
}

function verifyBytes(bytes: Buffer, options: Options): Verdict {
  const verifier = createLogVerifier(options);
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    verifier.add(bytes.subarray(start, end));
    start = end + 1;
  }
  if (start < bytes.length) verifier.add(bytes.subarray(start), true);
  return verifier.end();
}

function chainOf(length: number, key: string | undefined, body = 'hällo \ufffd'): (Head & { readonly line: string })[] {
  const sealer = createSealer(key);
  let head: Head = NO_LINES;
  return Array.from({ length }, (_, at) => {
    const fields =
      at % 10 === 0 ? { event: 'continue', prev: head.chain } : { event: 'message', body: `${body} ${at}` };
    const next = sealLine(JSON.stringify({ ts: '', ...fields }), head, sealer);
    head = next;
    return { ...next, line: next.line.trimEnd() };
  });
}

/** The same numbers each time. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}
