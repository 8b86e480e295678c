#!/usr/bin/env node
// `ar-plugin install x` is `ar plugin install x`, for those who keep the archiver's `ar` first in PATH.
import { start } from './start.js';

await start(['plugin', ...process.argv.slice(2)]);
