/** The examples of the reference document, as they stand there, completed with what is required of all. */
import { describe, expect, it } from 'vitest';
import { parseManifest } from './index.ts';

const REST = `
version: "1.0.0"
author:
  name: "Your Name"
repository:
  type: git
  url: "https://github.com/yourorg/plugin"
license: MIT
main: "./dist/index.js"
`;

const BRIDGE = `type: bridge
name: "@ar/slack-bridge"
description: "Connect Slack to Agent Relay"
category: communication
tags: [slack, chat, team]

# Configuration schema
config:
  required:
    - SLACK_BOT_TOKEN
    - SLACK_APP_TOKEN
  optional:
    - DEFAULT_CHANNEL

# What it provides
provides:
  - bidirectional: true
    external: slack
    internal: relay

# Dependencies
dependencies:
  "@slack/bolt": "^3.17.0"
`;

const STORAGE = `type: storage
name: "@ar/postgres-storage"
description: "PostgreSQL storage adapter"
category: database
tags: [postgres, sql, production]

config:
  required:
    - DATABASE_URL
  optional:
    - POOL_MIN
    - POOL_MAX

implements:
  - StorageAdapter

features:
  - messages: true
  - sessions: true
  - summaries: true
  - dlq: true

dependencies:
  "pg": "^8.11.0"
`;

const MEMORY = `type: memory
name: "@ar/pinecone-memory"
description: "Pinecone vector memory adapter"
category: ai
tags: [vector, rag, pinecone]

config:
  required:
    - PINECONE_API_KEY
    - PINECONE_INDEX
  optional:
    - OPENAI_API_KEY  # For embeddings

implements:
  - MemoryAdapter

features:
  - semantic_search: true
  - metadata_filter: true
  - namespaces: true
`;

const POLICY = `type: policy
name: "@ar/rbac-policy"
description: "Role-based access control"
category: security
tags: [rbac, security, access-control]

implements:
  - PolicyEngine

features:
  - roles: true
  - permissions: true
  - rate_limiting: true
  - audit_log: true
`;

const HOOK = `type: hook
name: "@ar/audit-logger"
description: "Log all messages to audit trail"
category: compliance
tags: [audit, logging, compliance]

hooks:
  - onMessage: true
  - onConnect: true
  - onDisconnect: true

outputs:
  - format: json
    destination: file | s3 | datadog
`;

const WIDGET = `type: widget
name: "@ar/message-analytics"
description: "Message volume and latency charts"
category: observability
tags: [analytics, charts, monitoring]

displays:
  - type: chart
    data: message_volume
  - type: metric
    data: p99_latency
`;

const WHOLE = `# Required
name: "@myorg/slack-bridge"
version: "1.0.0"
type: bridge
description: "Connect Slack to Agent Relay"

# Author/Publisher
author:
  name: "Your Name"
  email: "you@example.com"
  url: "https://github.com/yourorg"

# Repository
repository:
  type: git
  url: "https://github.com/yourorg/ar-slack-bridge"

# License
license: MIT

# Entry points
main: "./dist/index.js"
types: "./dist/index.d.ts"

# Configuration
config:
  schema: "./config-schema.json"
  required:
    - SLACK_BOT_TOKEN
  optional:
    - DEFAULT_CHANNEL

# Dependencies
dependencies:
  "@slack/bolt": "^3.17.0"
peerDependencies:
  "agent-relay": "^1.3.0"

# Tags for discovery
tags:
  - slack
  - chat
  - bridge

# Category
category: communication

# Minimum AR version
minVersion: "1.3.0"

# Verification status (set by registry)
verified: false
official: false
`;

/** A list of one-key maps in the other spelling, the plain map. */
const asMap = (text: string): string => text.replaceAll(/^ {2}- (\w+: true)$/gm, '  $1');

describe('the manifests of the reference document', () => {
  it.each([
    ['bridge', BRIDGE],
    ['storage', STORAGE],
    ['memory', MEMORY],
    ['policy', POLICY],
    ['hook', HOOK],
    ['widget', WIDGET],
  ])('are valid: %s', (type, text) => {
    const { manifest, findings } = parseManifest(text + REST, 'ar-plugin.yaml');
    expect(findings).toEqual([]);
    expect(manifest?.type).toBe(type);
  });

  it('are valid: the whole manifest', () => {
    const { manifest, findings } = parseManifest(WHOLE, 'ar-plugin.yaml');
    expect(findings).toEqual([]);
    expect(manifest).toMatchObject({ name: '@myorg/slack-bridge', minVersion: '1.3.0' });
  });

  it.each([
    ['storage', STORAGE],
    ['memory', MEMORY],
    ['policy', POLICY],
    ['hook', HOOK],
  ])('mean the same in both spellings: %s', (_type, text) => {
    expect(asMap(text)).not.toBe(text);
    const list = parseManifest(text + REST, 'ar-plugin.yaml');
    const map = parseManifest(asMap(text) + REST, 'ar-plugin.yaml');
    expect(map.findings).toEqual([]);
    expect(map.manifest).toEqual(list.manifest);
  });

  it('have destinations as text or as a list', () => {
    const list = HOOK.replace('file | s3 | datadog', '[file, s3, datadog]');
    const parsed = parseManifest(list + REST, 'ar-plugin.yaml');
    expect(parsed.manifest).toEqual(parseManifest(HOOK + REST, 'ar-plugin.yaml').manifest);
    expect(parsed.manifest).toMatchObject({ outputs: [{ format: 'json', destination: ['file', 's3', 'datadog'] }] });
  });
});
