// What this program is on the disk. The standalone binary has another file in place of this one.
const fs = require('node:fs');
const path = require('node:path');

/** Absolute paths of the program, by which it knows itself in PATH: here, and as it is published. */
exports.files = ['ar.js', 'ar'].map((name) => path.join(__dirname, name));

exports.version = () => JSON.parse(fs.readFileSync(path.join(__dirname, '../package.json'), 'utf8')).version;
