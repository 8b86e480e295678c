// The standalone binary is one file.
exports.files = [process.execPath];
exports.version = () => require('../../../cli/package.json').version;
