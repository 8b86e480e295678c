/** How far a destination has come. Written before each batch, so that after a crash the same batch is sent again. */
import { open, readFile, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';

export interface Cursor {
  /** The number of the last line that the destination has. */
  readonly sent: number;
  /** The number of the last line of the batch that is under way. */
  readonly planned?: number;
}

export interface CursorFile {
  /** Undefined where nothing was sent, or where that cannot be known: then lines are sent again, and none is left out. */
  read(): Promise<Cursor | undefined>;
  /** Settles when it is on the disk. */
  write(cursor: Cursor): Promise<void>;
}

export function createCursorFile(dir: string, destination: string): CursorFile {
  const path = join(dir, basename(`sent-${destination}.json`));
  const newPath = join(dir, basename(`sent-${destination}.json.new`));
  return {
    async read() {
      try {
        return parseCursor(await readFile(path, 'utf8'));
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write(cursor) {
      const file = await open(newPath, 'w', 0o600);
      try {
        await file.writeFile(`${JSON.stringify({ version: 1, ...cursor })}\n`);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(newPath, path);
    },
  };
}

function parseCursor(text: string): Cursor | undefined {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const { version, sent, planned } = value as Readonly<Record<string, unknown>>;
  if (version !== 1 || !isNumber(sent)) return undefined;
  return isNumber(planned) && planned > sent ? { sent, planned } : { sent };
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
