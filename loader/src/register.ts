/**
 * `node --import @ar-registry/loader/register …/agent-relay up`: loads the project's plugins into the daemon that the
 * stock command starts. Imported for its effect.
 */
import { processContext } from './context.ts';
import { forgetOwnImport } from './own-import.ts';
import { registerDaemon } from './register-daemon.ts';

const [, script] = process.argv;
/** `ar up` sets it. */
const STARTER = 'AGENT_RELAY_PLUGIN_STARTER';
// Under `agent-relay up --watch` the way here is the environment, which agents inherit; they need none of this.
if (process.env['AGENT_RELAY_SUPERVISED'] === '1') forgetOwnImport(process.env, import.meta.url);
/** One for each daemon of the process. */
const blamers: ((error: unknown) => boolean)[] = [];

/** agent-relay ends its daemon on `uncaughtException`; what a plugin is behind must not get that far. */
function captureUncaught(error: Error): void {
  if (blamers.some((blame) => blame(error))) return;
  // Not a plugin's: what would have happened without us.
  if (process.emit('uncaughtException', error)) return;
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exit(1);
}

if (script !== undefined)
  await registerDaemon({
    context: processContext(),
    pid: process.pid,
    script,
    takeStarter() {
      const { [STARTER]: starter } = process.env;
      delete process.env[STARTER];
      return starter;
    },
    print: (line) => void process.stderr.write(`[plugins] ${line}\n`),
    onUncaught(blame) {
      blamers.push(blame);
      if (!process.hasUncaughtExceptionCaptureCallback()) process.setUncaughtExceptionCaptureCallback(captureUncaught);
    },
  });
