// `await using` needs these types.
/// <reference lib="esnext.disposable" />
/** An S3 server of this process, on a port of its own, whose objects can be read back. It knows one access key. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';

const require = createRequire(new URL('../../../../tools/test-dependencies/package.json', import.meta.url));

interface Server {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
}

interface ServerClass {
  new (options: object): Server;
}

export interface StoredObject {
  readonly key: string;
  readonly text: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface S3Server extends AsyncDisposable {
  /** What the plugin is configured with. */
  readonly config: Readonly<Record<string, string>>;
  /** All objects, in the order of their keys, unpacked. */
  objects(): Promise<readonly StoredObject[]>;
  /** Stops answering. */
  stop(): Promise<void>;
  /** Answers again at the same address, with what was there. */
  start(): Promise<void>;
}

const BUCKET = 'audit';
const CREDENTIALS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

export async function startS3(): Promise<S3Server> {
  const S3rver = require('s3rver') as ServerClass;
  const directory = await mkdtemp(join(tmpdir(), 'ar-s3-'));
  let port = 0;
  let server: Server | undefined;
  const start = async (): Promise<void> => {
    const options = { address: '127.0.0.1', port, directory, silent: true, resetOnClose: false };
    server = new S3rver({ ...options, configureBuckets: [{ name: BUCKET }] });
    ({ port } = await server.run());
  };
  await start();
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new S3Client({ endpoint, region: 'eu-central-1', credentials: CREDENTIALS, forcePathStyle: true });
  const stop = async (): Promise<void> => {
    await server?.close();
    server = undefined;
  };
  return {
    config: {
      auditS3Bucket: BUCKET,
      auditS3Endpoint: endpoint,
      auditS3Prefix: 'relay',
      awsRegion: 'eu-central-1',
      awsAccessKeyId: CREDENTIALS.accessKeyId,
      awsSecretAccessKey: CREDENTIALS.secretAccessKey,
    },
    objects: () => readAll(client),
    stop,
    start,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function readAll(client: S3Client): Promise<readonly StoredObject[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  const keys = Contents.map(({ Key = '' }) => Key).toSorted();
  return Promise.all(
    keys.map(async (key) => {
      const { Body, Metadata = {} } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
      return { key, text: gunzipSync(bytes).toString(), metadata: Metadata };
    }),
  );
}
