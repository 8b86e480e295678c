import path from 'node:path';
import { isVersion } from '@ar-registry/core/version';
import { readTextIfExists } from '@ar-registry/io/files';

/** Version of the agent-relay that the project has installed; `undefined` if it has none. */
export async function agentRelayVersion(projectDir: string): Promise<string | undefined> {
  const text = await readTextIfExists(path.join(projectDir, 'node_modules', 'agent-relay', 'package.json'));
  const version = /"version"\s*:\s*"([^"]{1,64})"/.exec(text ?? '')?.[1];
  return version !== undefined && isVersion(version) ? version : undefined;
}
