/**
 * `node --import @ar-registry/loader/register …/agent-relay up`: loads the project's plugins into the daemon that the
 * stock command starts. Imported for its effect.
 */
import { processContext } from './context.ts';
import { registerDaemon } from './register-daemon.ts';

const [, script] = process.argv;

if (script !== undefined)
  await registerDaemon({
    context: processContext(),
    script,
    print: (line) => void process.stderr.write(`[plugins] ${line}\n`),
    onUncaught: (handle) => {
      // agent-relay ends its daemon on `uncaughtException`; what a plugin is behind must not get that far.
      process.setUncaughtExceptionCaptureCallback((error) => {
        if (handle(error)) return;
        if (process.emit('uncaughtException', error)) return;
        process.stderr.write(`${error.stack ?? error.message}\n`);
        process.exit(1);
      });
    },
  });
