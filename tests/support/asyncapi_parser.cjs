// Prints what the official parser says of the document on standard input: [{severity, code, path, message}] as JSON.
// Argument: the parser's bundle, which is made for browsers and asks for their global object.
globalThis.self = globalThis;
const Parser = require(process.argv[2]);
const text = require("node:fs").readFileSync(0, "utf8");
// That a newer version of the specification exists is no fault of a document.
const ruleset = { rules: { "asyncapi-latest-version": "off" } };
new Parser({ ruleset }).validate(text).then((found) => {
  const told = found.map(({ severity, code, path, message }) => ({ severity, code, path: path.join("/"), message }));
  process.stdout.write(JSON.stringify(told));
});
