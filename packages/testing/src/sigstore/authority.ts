/** A certificate authority and a log of signatures of our own, and bundles as a platform makes them. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { initializeCA, initializeCTLog, initializeTLog } from '@sigstore/mock';

const MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

export interface Authority {
  /** As an index pins it. */
  readonly root: string;
  /** A bundle with this statement, signed by a workflow. */
  bundle(made: BundleParts): Promise<Record<string, unknown>>;
}

export interface BundleParts {
  readonly statement: object;
  readonly workflow?: string;
  readonly issuer?: string;
  readonly repository?: string;
  readonly commit?: string;
}

export const CLAIM = {
  repository: 'https://github.com/acme/hello',
  commit: 'c'.repeat(40),
  sha512: createHash('sha512').update('archive').digest('hex'),
  sha256: createHash('sha256').update('archive').digest('hex'),
};
export const WORKFLOW = `${CLAIM.repository}/.github/workflows/publish.yml@refs/heads/main`;
const ISSUER = 'https://token.actions.githubusercontent.com';

/** A statement about the archive, with some of it changed. */
export function statementOf(changes: object = {}, claim: typeof CLAIM = CLAIM): object {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'pkg:npm/%40acme/hello@1.0.0', digest: { sha512: claim.sha512 } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        externalParameters: { workflow: { repository: claim.repository, path: '.github/workflows/publish.yml' } },
        resolvedDependencies: [{ uri: `git+${claim.repository}`, digest: { gitCommit: claim.commit } }],
      },
      runDetails: { builder: { id: 'https://github.com/actions/runner' } },
    },
    ...changes,
  };
}

const keys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

export async function createAuthority(): Promise<Authority> {
  const ctlog = await initializeCTLog(keys());
  const ca = await initializeCA(keys(), ctlog);
  const tlog = await initializeTLog('https://rekor.example.com', keys());
  return {
    root: trustedRoot({
      ca: Buffer.from(ca.rootCertificate as Uint8Array),
      ctlog: { key: ctlog.publicKey, id: Buffer.from(ctlog.logID as Uint8Array) },
      tlog: { key: tlog.publicKey, id: createHash('sha256').update(tlog.publicKey).digest() },
    }),
    bundle: async (made) => {
      const { publicKey, privateKey } = keys();
      const certificate = await ca.issueCertificate({
        publicKey: publicKey.export({ format: 'der', type: 'spki' }),
        subjectAltName: made.workflow ?? WORKFLOW,
        extensions: [
          { oid: '1.3.6.1.4.1.57264.1.8', value: made.issuer ?? ISSUER },
          { oid: '1.3.6.1.4.1.57264.1.12', value: made.repository ?? CLAIM.repository },
          { oid: '1.3.6.1.4.1.57264.1.13', value: made.commit ?? CLAIM.commit },
        ],
      });
      const payload = Buffer.from(JSON.stringify(made.statement));
      const signature = sign('sha256', preAuthenticated(payload), privateKey).toString('base64');
      const entry = await tlog.log({
        apiVersion: '0.0.1',
        kind: 'dsse',
        spec: {
          payloadHash: { algorithm: 'sha256', value: createHash('sha256').update(payload).digest('hex') },
          signatures: [{ signature, verifier: Buffer.from(certificate as Uint8Array).toString('base64') }],
        },
      });
      return {
        mediaType: MEDIA_TYPE,
        verificationMaterial: {
          certificate: { rawBytes: Buffer.from(certificate as Uint8Array).toString('base64') },
          tlogEntries: [toLogEntry(Object.values(entry)[0] as LoggedEntry)],
        },
        dsseEnvelope: {
          payload: payload.toString('base64'),
          payloadType: PAYLOAD_TYPE,
          signatures: [{ sig: signature }],
        },
      };
    },
  };
}

/** @source DSSE v1, PAE */
function preAuthenticated(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `), payload]);
}

interface LoggedEntry {
  readonly body: string;
  readonly integratedTime: number;
  readonly logID: string;
  readonly logIndex: number;
  readonly verification: {
    readonly signedEntryTimestamp: string;
    readonly inclusionProof: { readonly checkpoint: string; readonly rootHash: string; readonly treeSize: number };
  };
}

function toLogEntry({ body, integratedTime, logID, logIndex, verification }: LoggedEntry): object {
  const { inclusionProof: proof, signedEntryTimestamp } = verification;
  return {
    logIndex: String(logIndex),
    logId: { keyId: Buffer.from(logID, 'hex').toString('base64') },
    kindVersion: { kind: 'dsse', version: '0.0.1' },
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp },
    inclusionProof: {
      logIndex: '0',
      rootHash: Buffer.from(proof.rootHash, 'hex').toString('base64'),
      treeSize: String(proof.treeSize),
      hashes: [],
      checkpoint: { envelope: proof.checkpoint },
    },
    canonicalizedBody: body,
  };
}

interface Log {
  readonly key: Buffer;
  readonly id: Buffer;
}

function trustedRoot({ ca, ctlog, tlog }: { readonly ca: Buffer; readonly ctlog: Log; readonly tlog: Log }): string {
  const validFor = { start: '2020-01-01T00:00:00Z' };
  const log = (baseUrl: string, { key, id }: Log): object => ({
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: key.toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
    logId: { keyId: id.toString('base64') },
  });
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [log('https://rekor.example.com', tlog)],
    certificateAuthorities: [
      {
        subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
        uri: 'https://fulcio.example.com',
        certChain: { certificates: [{ rawBytes: ca.toString('base64') }] },
        validFor,
      },
    ],
    ctlogs: [log('https://ctfe.example.com', ctlog)],
  });
}
