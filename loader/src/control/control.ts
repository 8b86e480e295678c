import { isArError } from '@ar-registry/core/errors';
import { controlSocketPath } from '@ar-registry/core/layout';
import type { Logger } from '@ar-registry/sdk';
import { answerRequest, type ControlPorts } from './requests.ts';
import { startControl } from './server.ts';

/** Opens the control socket of a loader. A daemon whose socket cannot be opened runs without it. @returns closes it */
export async function openControl(ports: ControlPorts, logger: Logger): Promise<() => Promise<void>> {
  try {
    const server = await startControl(controlSocketPath(ports.projectDataDir), (request) =>
      answerRequest(request, ports),
    );
    return () => server.close();
  } catch (error) {
    if (!isArError(error)) throw error;
    logger.error('there is no control socket', { code: error.code, error: error.message });
    return () => Promise.resolve();
  }
}
