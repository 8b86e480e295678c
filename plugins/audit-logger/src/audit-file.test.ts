import { describe, expect, it } from 'vitest';
import { openAuditFile, type AuditFile } from './audit-file.ts';
import { openChainWriter } from './chain-writer.ts';
import type { LogDisk, LogFile } from './log-disk.ts';
import { createLogVerifier, type Verdict } from './verify-log.ts';

describe('an audit file', () => {
  it('takes back the part of a line that fitted on a full disk, and writes the line when there is room again', async () => {
    const disk = createDisk();
    const { file, failures } = await open(disk);
    await file.append(line(1));
    disk.room = 50;
    await file.append(line(2));
    await file.append(line(3));
    expect(file.status()).toMatchObject({ written: 1, pending: 2, failure: 'ENOSPC' });
    disk.room = Infinity;
    await file.append(line(4));
    expect(file.status()).toMatchObject({ written: 4, pending: 0, lost: 0 });
    await file.close();
    expect([failures, disk.ids()]).toEqual([
      ['ENOSPC', 'recovered'],
      [1, 2, 3, 4],
    ]);
    expect(disk.verdict()).toMatchObject({ kind: 'whole', cuts: 0 });
  });

  it('acknowledges a line only when it is on the disk', async () => {
    const disk = createDisk();
    const { file } = await open(disk);
    await file.append(line(1));
    expect(disk.syncedIds()).toEqual([1]);
    await file.close();
  });

  it.each([0, 60_000])('writes again what the disk did not keep, each line once, with syncMs %d', async (syncMs) => {
    const disk = createDisk();
    const { file } = await open(disk, syncMs);
    await file.append(line(1));
    disk.failSync = true;
    await file.append(line(2));
    disk.failWrite = true;
    await file.append(line(3));
    disk.failSync = false;
    disk.failWrite = false;
    await file.append(line(4));
    await file.close();
    expect([disk.ids(), file.status()]).toMatchObject([[1, 2, 3, 4], { written: 4, pending: 0, lost: 0 }]);
    expect(disk.verdict()).toMatchObject({ kind: 'whole', closed: true });
  });

  it('waits no longer for the disk than it was told', async () => {
    const disk = createDisk();
    const { file } = await open(disk, 5);
    await file.append(line(1));
    await expect.poll(() => disk.syncedIds()).toEqual([1]);
    await file.close();
  });

  it('tells in the log how many lines are missing from it', async () => {
    const disk = createDisk();
    const { file } = await open(disk);
    disk.room = 0;
    for (let n = 0; n < 20; n += 1) await file.append(line(n, 'x'.repeat(1024 ** 2)));
    const { lost } = file.status();
    expect(lost).toBeGreaterThan(3);
    disk.room = Infinity;
    await file.append(line(20));
    await file.close();
    expect(disk.parsed().filter(({ event }) => event === 'lost')).toMatchObject([{ lines: lost }]);
    expect(disk.verdict()).toMatchObject({ kind: 'whole' });
  });
});

async function open(disk: FakeDisk, syncMs = 0): Promise<{ file: AuditFile; failures: string[] }> {
  const failures: string[] = [];
  const file = await openAuditFile({
    open: () => openChainWriter({ disk, maxSizeBytes: 1e9, keys: [], note }),
    syncMs,
    note,
    onFailure: ({ message }) => failures.push(message),
    onRecovery: () => failures.push('recovered'),
  });
  return { file, failures };
}

function note(event: string, fields: object): string {
  return JSON.stringify({ ts: '', event, ...fields });
}

function line(n: number, body = ''): string {
  return JSON.stringify({ n, body });
}

interface FakeDisk extends LogDisk {
  /** Bytes that fit. */
  room: number;
  failSync: boolean;
  failWrite: boolean;
  parsed(): Record<string, unknown>[];
  ids(): unknown[];
  syncedIds(): unknown[];
  verdict(): Verdict;
}

/** A disk with one file; it keeps as much of a text as it has room for, as file systems do. */
function createDisk(): FakeDisk {
  let content = '';
  let synced = '';
  const disk: FakeDisk = {
    room: Infinity,
    failSync: false,
    failWrite: false,
    async open(): Promise<LogFile> {
      return {
        id: 1,
        size: content.length,
        tail: { endsInLine: false },
        async append(text) {
          if (disk.failWrite) throw new Error('EIO');
          content += text.slice(0, disk.room);
          if (text.length > disk.room) throw new Error('ENOSPC');
        },
        async sync() {
          if (disk.failSync) throw new Error('EIO');
          synced = content;
        },
        async truncate(size) {
          content = content.slice(0, size);
        },
        isInPlace: async (size) => content.length === size,
        close: async () => undefined,
      };
    },
    rotate: async () => undefined,
    olderTail: async () => undefined,
    totalBytes: async () => content.length,
    parsed: () => parse(content),
    ids: () => idsIn(content),
    syncedIds: () => idsIn(synced),
    verdict() {
      const verifier = createLogVerifier({ keys: [] });
      for (const each of content.split('\n').slice(0, -1)) verifier.add(Buffer.from(each));
      return verifier.end();
    },
  };
  return disk;
}

function parse(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((each) => JSON.parse(each) as Record<string, unknown>);
}

function idsIn(text: string): unknown[] {
  return parse(text).flatMap(({ n }) => n ?? []);
}
