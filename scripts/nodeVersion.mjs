/** Imported first: an older Node gets one clear line instead of a syntax error. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `loanbook: needs Node 20.19 or newer, this is ${process.versions.node}: see https://nodejs.org\n`,
  );
  process.exit(1);
}
