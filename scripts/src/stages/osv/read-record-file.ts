import { open } from 'node:fs/promises';
import { translateFileError } from '@ar-registry/io/files';

/** At most `limitBytes` of a file. @throws FILE_ACCESS */
export async function readRecordFile(file: string, limitBytes: number): Promise<Buffer> {
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, limitBytes));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw translateFileError(error, file);
  }
}
