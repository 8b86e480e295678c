/** The files of a snapshot, in a folder or behind a base URL. Whoever wrote or serves them is not trusted. */
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { httpGet } from '../api-client/http.ts';
import { shown } from '../api-client/report.ts';
import { readRegularFile } from '../digest/regular-file.ts';

export interface SnapshotFiles {
  /** Of a file below the root, whose path is of our own making. @throws ArError */
  readonly read: (file: string, limitBytes: number, signal?: AbortSignal) => Promise<Buffer>;
  /** What is wrong with a file's content, as an error. */
  readonly invalid: (file: string, problem: string) => ArError;
}

/** @param folder absolute */
export function readFromFolder(folder: string): SnapshotFiles {
  const pathOf = (file: string): string => path.join(folder, file);
  const invalid = (file: string, problem: string): ArError =>
    new ArError('FILE_INVALID', { file: pathOf(file), problem });
  return {
    invalid,
    read: async (file, limitBytes, signal) => {
      const { bytes, truncated } = await readRegularFile(pathOf(file), limitBytes, signal);
      if (truncated) throw invalid(file, `it is larger than ${limitBytes} bytes`);
      return bytes;
    },
  };
}

export interface WebOptions {
  readonly userAgent: string;
  readonly timeoutMs?: number;
}

export function readFromWeb(base: string, { userAgent, timeoutMs = 30_000 }: WebOptions): SnapshotFiles {
  const urlOf = (file: string): string => `${base.replace(/\/+$/, '')}/${file}`;
  return {
    invalid: (file, problem) => new ArError('REGISTRY_RESPONSE_INVALID', { url: shown(urlOf(file)), problem }),
    read: async (file, limitBytes, signal = new AbortController().signal) => {
      const headers = { 'user-agent': userAgent, 'accept-encoding': 'br, gzip' };
      const { url, status, body } = await httpGet({ url: urlOf(file), headers, limitBytes, timeoutMs, signal });
      if (status !== 200) throw new ArError('REGISTRY_STATUS', { url: shown(url), status });
      return body;
    },
  };
}
