#!/usr/bin/env node
// `ar`, which shares its name with the archiver of binutils. npm puts this file first in PATH for every script, and
// node-gyp and every other C build calls `ar`, so this works unbuilt and on any Node.js since 18, and hands over
// whatever is not its own.
import { handOver, isOwnCommand } from './hand-over.js';
import { start } from './start.js';

const args = process.argv.slice(2);
if (isOwnCommand(args, process.stdout.isTTY === true || process.stderr.isTTY === true)) await start(args);
else await handOver(args, import.meta.url);
