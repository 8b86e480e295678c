/**
 * Bytes that wait, in one piece. Kept as they came, each piece would cost some two hundred bytes besides its own: whoever
 * sends them one by one would fill the memory of the other side with megabytes of text.
 */
export interface ByteBuffer {
  readonly length: number;
  append(bytes: Uint8Array): void;
  /** All there is, which is not touched any more; what comes from now on is another piece. */
  take(): Buffer;
}

const LEAST_BYTES = 1_024;

export function createByteBuffer(): ByteBuffer {
  let space: Buffer | undefined;
  let length = 0;
  return {
    get length() {
      return length;
    },
    append(bytes) {
      space = withRoom(space, { length, more: bytes.length });
      space.set(bytes, length);
      length += bytes.length;
    },
    take() {
      const taken = space?.subarray(0, length) ?? Buffer.alloc(0);
      space = undefined;
      length = 0;
      return taken;
    },
  };
}

/** Doubled as often as it is full, so that a byte is copied three times on average, however small the pieces are. */
function withRoom(
  space: Buffer | undefined,
  { length, more }: { readonly length: number; readonly more: number },
): Buffer {
  const size = space?.length ?? 0;
  if (space && length + more <= size) return space;
  const larger = Buffer.allocUnsafeSlow(Math.max(length + more, 2 * size, LEAST_BYTES));
  if (space) larger.set(space.subarray(0, length));
  return larger;
}
