// limits.mjs: documents made to hurt. Each is refused in a fraction of a second, and in memory that is a small multiple of its own size.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Driver } from './driver.mjs';

const SIZE = 10_000_000;
const LIMITS = { max_tokens: 100_000, max_depth: 200 };

// Node's JSON, the pipe and json-c's tree take most of the time; the driver tells what gql_parse() alone took of processor time, which other programs do not prolong.
const MAX_SECONDS = 1;

function fill(piece) {
  return piece.repeat(Math.ceil(SIZE / piece.length));
}

const DEPTH = 'Syntax Error: Document nests deeper than 200 levels. Parsing aborted.';
const TOKENS = 'Syntax Error: Document contains more than 100000 tokens. Parsing aborted.';

const cases = [
  ['[', '{ a(b: ' + fill('['), DEPTH],
  ['{', fill('{'), 'Syntax Error: Expected Name, found "{".'],
  ['{a', fill('{a'), DEPTH],
  ['{a:', '{ a(b: ' + fill('{a:'), DEPTH],
  ['[ of a type', 'query ($v: ' + fill('['), DEPTH],
  ['...{', '{' + fill('...{'), DEPTH],
  ['comments', fill('#\n'), 'Syntax Error: Unexpected <EOF>.'],
  ['one comment', '#' + fill('x'), 'Syntax Error: Unexpected <EOF>.'],
  ['a string', '"' + fill('x'), 'Syntax Error: Unterminated string.'],
  ['a string of escapes', '"' + fill('\\u00e9') + '"', 'Syntax Error: Unexpected <EOF>.'],
  ['a block string', '"""' + fill('x') + '"""', 'Syntax Error: Unexpected <EOF>.'],
  ['a block string of line ends', '"""' + fill('\n') + '"""', 'Syntax Error: Unexpected <EOF>.'],
  ['a block string of carriage returns', '"""' + fill('\r') + '"""', 'Syntax Error: Unexpected <EOF>.'],
  ['a block string of quotes', '"""' + fill('\\"""') + '"""', 'Syntax Error: Unexpected <EOF>.'],
  ['a name', fill('x'), `Syntax Error: Unexpected Name "${'x'.repeat(1000)}...".`],
  ['a number', '{ a(b: ' + fill('1') + 'x', 'Syntax Error: Invalid number, expected digit but got: "x".'],
  ['fields', '{' + fill('a '), TOKENS],
  ['definitions', fill('{a}'), TOKENS],
  ['directives', '{ a ' + fill('@d '), TOKENS],
  ['a list', '{ a(b: [' + fill('1,'), TOKENS],
  ['byte order marks', fill('\ufeff'), 'Syntax Error: Unexpected <EOF>.'],
  ['anything above the limit', fill('{a}'), 'Syntax Error: Document is longer than 1000000 bytes. Parsing aborted.', { max_length: 1_000_000 }],
];

console.log(`1..${cases.length}`);
let failed = 0;
for (const [i, [name, document, message, limits]] of cases.entries()) {
  const driver = new Driver(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '../../build/language/driver'));
  await driver.call({ op: 'parse', document: '{a}' });
  const { errors, seconds, bytes } = await driver.call({ op: 'refuse', document, ...LIMITS, ...limits });
  driver.stop();

  // The document's copy, a string's value, what it needs to say so.
  const ok = errors.length === 1 && errors[0].message === message && seconds < MAX_SECONDS && bytes < 4 * document.length;
  failed += !ok;
  console.log(`${ok ? 'ok' : 'not ok'} ${i + 1} - ${name}: ${(seconds * 1000).toFixed(1)} ms, ${(bytes / 1e6).toFixed(1)} MB`);
  if (!ok) {
    console.log(`# ${JSON.stringify(errors).slice(0, 300)}`);
  }
}
process.exitCode = failed > 0 ? 1 : 0;
